// Browser notifications: offered once, on a start page, and asked for only by a click. They tell
// what happens while nobody looks: ready, failed, and about to stop.
(() => {
  "use strict";
  const podium = window.podium;
  const KEY = "podium-notices";
  const BEFORE = 300; // seconds before a stop

  const possible = "Notification" in window && window.isSecureContext;
  const remembered = () => { try { return localStorage.getItem(KEY) ?? ""; } catch { return "no"; } };
  const remember = text => { try { localStorage.setItem(KEY, text); } catch { /* asked again then */ } };

  // --- the offer: for the first start that shows it, until it is answered ---
  podium.offer = () => {
    const offer = document.querySelector("[data-offers]");
    if (!offer || !possible || Notification.permission !== "default") return;
    const before = remembered();
    if (before && before !== offer.dataset.offers) return;
    remember(offer.dataset.offers);
    offer.firstElementChild.hidden = false;
  };
  const answered = offer => {
    remember("answered");
    offer.firstElementChild.hidden = true;
  };
  document.addEventListener("DOMContentLoaded", podium.offer);
  document.addEventListener("click", async event => {
    const offer = event.target.closest("[data-offers]");
    if (!offer) return;
    if (event.target.closest("[data-declines]")) answered(offer);
    if (event.target.closest("[data-accepts]")) {
      const answer = await Notification.requestPermission();
      answered(offer);
      podium.say(answer === "granted" ? "You will be told" : "The browser does not allow it");
    }
  });

  // --- telling ---
  const tell = (name, id, text) => {
    const looking = !document.hidden && document.hasFocus();
    if (!possible || looking || Notification.permission !== "granted") return;
    const icon = document.getElementById("favicon").href;
    // the same tag from several tabs is one notification
    const notice = new Notification(name, { body: text, tag: `${id} ${text}`, icon });
    notice.addEventListener("click", () => {
      window.focus();
      notice.close();
    });
  };
  document.addEventListener("podium:state", event => {
    const { id, name, before, after } = event.detail;
    if (before === "starting" && (after === "ready" || after === "running")) tell(name, id, "Ready");
    if (after === "failed") tell(name, id, "Failed");
  });

  const told = new Set();
  const look = () => {
    for (const one of document.querySelectorAll("[data-stops-at][data-name]")) {
      const left = Number(one.dataset.stopsAt) - podium.now();
      const key = `${one.dataset.workspace} ${one.dataset.stopsAt}`;
      if (left <= 0 || left > BEFORE || told.has(key)) continue;
      told.add(key);
      tell(one.dataset.name, one.dataset.workspace, `Stops in ${Math.max(1, Math.ceil(left / 60))} min`);
    }
  };
  setInterval(look, 5000);
})();
