// The live connection. Messages begin with <!--podium number kind time--> (app/workspaces/speaking.py):
// older versions are dropped, a gap or a resync fetches the page again, a lost connection is a
// thin bar with a countdown; nothing reloads, and what has the focus keeps it.
(() => {
  "use strict";
  const podium = window.podium;
  const SIGNED_OUT = 4401;
  const RECONNECTED_BY_HTMX = [1006, 1011, 1012, 1013];
  const SILENCE = 35000;
  let seen = 0;
  let heard = Date.now();
  let lostAt = 0;
  let retryAt = 0;
  let opened = false;
  let leaving = false;

  // --- fetching the page again: one at a time, and once more when it was overtaken ---
  let fetching = null;
  const refetch = () => {
    if (fetching) { fetching.again = true; return; }
    const mine = (fetching = { again: false });
    htmx.ajax("GET", location.pathname + location.search, { target: "#page", swap: "outerHTML" })
      .catch(() => {})
      .then(() => {
        fetching = null;
        if (mine.again) refetch();
      });
  };

  // --- messages ---
  document.addEventListener("htmx:wsConnecting", () => { seen = 0; opened = false; });
  document.addEventListener("htmx:wsBeforeMessage", event => {
    const head = /^<!--podium (\d+) (\w+) ([\d.]+)-->/.exec(event.detail.message);
    if (!head) return;
    heard = Date.now();
    podium.serverSays(Number(head[3]));
    const number = Number(head[1]);
    const gap = head[2] === "beat" ? number !== seen : number !== seen + 1;
    seen = number;
    document.documentElement.dataset.live = "yes"; // the first message brings what the page missed
    if (fetching) fetching.again = true;
    if (gap || head[2] === "resync") refetch();
    if (gap || head[2] !== "fragment") event.preventDefault();
  });

  const older = (incoming, held) => {
    if (incoming === undefined || held === undefined) return false;
    return incoming === held || Number(incoming) < Number(held);
  };
  let focused = "";
  document.addEventListener("htmx:oobBeforeSwap", event => {
    const { target, fragment } = event.detail;
    const incoming = fragment.firstElementChild;
    if (older(incoming?.dataset.version, target.dataset.version)) {
      event.detail.shouldSwap = false;
      return;
    }
    focused = target.contains(document.activeElement) ? document.activeElement.id : "";
    for (const open of target.querySelectorAll("details[open]")) {
      const again = open.id && fragment.getElementById(open.id);
      if (again) again.open = true;
    }
    tell(target, incoming);
  });
  document.addEventListener("htmx:oobAfterSwap", () => {
    if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
    focused = "";
    podium.settle();
    // The start field stands in another place on an empty list.
    if (document.getElementById("groups") && document.querySelectorAll("#url").length !== 1) refetch();
  });

  // A state that changed is said once, and shows for half a second.
  const states = element => {
    const found = new Map();
    for (const one of [element, ...element.querySelectorAll("[data-name]")]) {
      const word = one.dataset.name && one.querySelector(".state b");
      if (word) found.set(one.id, [one, word.textContent]);
    }
    return found;
  };
  const tell = (before, after) => {
    const past = states(before);
    const news = [];
    for (const [id, [element, word]] of states(after)) {
      if (past.has(id) && past.get(id)[1] !== word) {
        element.classList.add("fresh");
        news.push(`${element.dataset.name} is ${word}`);
        const { workspace, name } = element.dataset;
        const detail = { id: workspace, name, before: past.get(id)[1], after: word };
        document.dispatchEvent(new CustomEvent("podium:state", { detail }));
      }
    }
    if (news.length) podium.say(news.join(". "));
  };

  // --- the connection itself ---
  const patience = tries => Math.min(8000, 500 * 2 ** tries) * (0.75 + Math.random() / 2);
  let tries = 0;
  htmx.config.wsReconnectDelay = count => {
    const delay = patience(count);
    retryAt = Date.now() + delay;
    return delay;
  };
  document.addEventListener("htmx:wsOpen", () => {
    opened = true;
    heard = Date.now();
    tries = 0;
    if (lostAt) refetch();
    lostAt = 0;
    bar();
  });
  document.addEventListener("htmx:wsClose", event => {
    const { event: close, socketWrapper } = event.detail;
    if (leaving) return;
    if (close.code === SIGNED_OUT) {
      location.assign(`/sign-in?next=${encodeURIComponent(location.pathname + location.search)}`);
      return;
    }
    // Refused rather than lost: the page itself says why, for example that nobody is signed in.
    if (!opened && lostAt && navigator.onLine) refetch();
    lostAt = lostAt || Date.now();
    if (!RECONNECTED_BY_HTMX.includes(close.code)) {
      const delay = patience(tries++);
      retryAt = Date.now() + delay;
      setTimeout(() => socketWrapper.reconnect(), delay);
    }
  });
  document.addEventListener("htmx:beforeRequest", event => {
    if (event.detail.requestConfig.path === "/auth/sign-out") leaving = true;
  });
  document.addEventListener("htmx:sendError", () => { leaving = false; });
  window.addEventListener("pagehide", () => { leaving = true; });
  window.addEventListener("pageshow", event => {
    leaving = false;
    if (event.persisted) refetch();
  });

  const bar = () => {
    const shown = document.getElementById("connection");
    const silent = document.querySelector("[ws-connect]") && !lostAt && Date.now() - heard > SILENCE;
    const away = lostAt ? Date.now() - lostAt : 0;
    shown.hidden = away < 1500 && !silent;
    if (shown.hidden) return;
    const wait = Math.ceil((retryAt - Date.now()) / 1000);
    const text = silent
      ? "The server has been silent for a while. This page may be out of date."
      : wait > 0
        ? `Connection lost. Trying again in ${wait} s; workspaces keep running.`
        : "Connection lost. Trying again; workspaces keep running.";
    if (shown.firstElementChild.textContent !== text) shown.firstElementChild.textContent = text;
  };
  setInterval(bar, 250);
})();
