// What every page needs beside htmx: the tab, keys, menus, dialogs, the theme, copying.
(() => {
  "use strict";
  const root = document.documentElement;
  const podium = window.podium;

  // --- the tab's title and icon follow the state of what the page shows ---
  const SOON = 300; // seconds before a stop in which the tab counts them
  podium.tab = () => {
    const subject = document.querySelector("[data-tab-name]");
    if (!subject) return;
    const { tabName, tabWord, tabIcon, tabSoon, stopsAt } = subject.dataset;
    const left = Number(stopsAt) - podium.now();
    const soon = stopsAt && left > 0 && left < SOON;
    const word = soon ? `stops in ${Math.ceil(left / 60)} min` : tabWord;
    const title = [tabName, word, "Podium"].filter(Boolean).join(" · ");
    if (document.title !== title) document.title = title;
    const icon = document.getElementById("favicon");
    const wanted = soon ? tabSoon : tabIcon;
    if (icon.getAttribute("href") !== wanted) icon.setAttribute("href", wanted);
  };
  setInterval(() => podium.tab(), 5000);

  // The address of the IDE is asked for when a start begins to be shown, and answered when VS Code
  // answers: this page stays until then, and stays for good when there is nothing to open.
  const HELD = 24000, SLACK = 1500; // ms: how long the proxy waits; for its answer to arrive
  let asked = 0;
  addEventListener("load", () => {
    const open = document.querySelector("[data-open-url]");
    if (!open || root.dataset.leaving) return;
    asked = Date.now();
    location.replace(open.dataset.openUrl);
  });

  podium.settle = () => {
    podium.tick();
    podium.tab();
    // A start page leaves for the IDE by itself, and is not in the way of "back".
    const ready = document.querySelector("[data-ready-url]");
    if (ready && !root.dataset.leaving) {
      root.dataset.leaving = "yes";
      const go = () => location.replace(ready.dataset.readyUrl);
      Date.now() - asked < HELD ? setTimeout(go, SLACK) : go();
    }
  };
  podium.say = text => {
    const region = document.getElementById("live");
    if (region) region.textContent = text;
  };
  document.addEventListener("DOMContentLoaded", podium.settle);
  document.addEventListener("htmx:afterSettle", podium.settle);

  // --- links people already use: /#https://…, and /start/#<id> ---
  // An address that carries a password or token goes in a body: queries are logged and kept.
  const carries = text => /https?:\/\/[^/?#\s]*@/i.test(text) || /^[^\s/@:]+(:[^\s/]*)?@[^\s/:]+(:\d+)?\//.test(text) || /^ssh:\/\/[^/@\s]*:[^/@\s]*@/i.test(text);
  const sendAddress = text => {
    const send = () => {
      if (window.htmx) htmx.ajax("POST", "/new/address", { values: { url: text }, swap: "none" });
      else location.replace(`/new?url=${encodeURIComponent(text.replace(/(https?:\/\/)[^/?#\s]*@/gi, "$1"))}`);
    };
    // htmx runs after this file, and not at all where nobody is signed in
    if (window.htmx || document.readyState === "complete") send(); else document.addEventListener("DOMContentLoaded", send);
  };
  document.addEventListener("submit", event => {
    const field = event.target.matches('form[action="/new"]') && event.target.elements.url;
    if (!field || !carries(field.value.trim())) return;
    event.preventDefault();
    sendAddress(field.value.trim());
  });
  const follow = () => {
    let text = location.hash.slice(1);
    if (!text.includes("/")) try { text = decodeURIComponent(text); } catch { return; }
    if (location.pathname.startsWith("/auth/")) return; // a sign-in link's token
    if (carries(text)) {
      history.replaceState(null, "", location.pathname);
      sendAddress(text);
    } else if (/[/@]/.test(text)) { // no anchor of a page has one
      location.replace(`/new?url=${encodeURIComponent(text)}`);
    } else if (/^\/start\/?$/.test(location.pathname) && /^[0-9a-z-]+$/.test(text)) {
      location.replace(`/start/${text}`);
    }
  };
  window.addEventListener("hashchange", follow);
  follow();

  // --- clicks ---
  const closeMenus = except => {
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      if (menu !== except) menu.open = false;
    }
  };
  const copy = async button => {
    try { await navigator.clipboard.writeText(button.dataset.copies); } catch { return; }
    podium.say("Copied");
    const text = button.querySelector("svg") ? null : button.textContent;
    button.classList.add("copied");
    if (text !== null) button.textContent = "Copied";
    setTimeout(() => {
      button.classList.remove("copied");
      if (text !== null) button.textContent = text;
    }, 1200);
  };
  // --- light or dark: a choice is kept, none is the system's ---
  const showChoice = () => {
    for (const one of document.querySelectorAll("[data-theme-choice]")) one.checked = one.value === (root.dataset.theme || "");
  };
  const choose = theme => {
    if (theme) root.dataset.theme = theme; else delete root.dataset.theme;
    try {
      if (theme) localStorage.setItem("podium-theme", theme); else localStorage.removeItem("podium-theme");
    } catch { /* for this page then */ }
    showChoice();
  };
  document.addEventListener("DOMContentLoaded", showChoice);
  document.addEventListener("htmx:afterSettle", showChoice);
  document.addEventListener("change", event => {
    if (event.target.matches("[data-theme-choice]")) choose(event.target.value);
  });

  document.addEventListener("click", event => {
    const at = selector => event.target.closest(selector);
    closeMenus(at("details.menu"));
    if (at(".menu-item")) at("details.menu").open = false;
    const opener = at("[data-opens]");
    if (opener) document.getElementById(opener.dataset.opens)?.showModal();
    if (at("[data-closes]") || event.target.matches("dialog")) at("dialog")?.close();
    // on a workspace's own host nothing is known of what was chosen here
    const themed = at("a[data-themed]");
    if (themed) themed.hash = `theme=${root.dataset.theme || "system"}`;
    if (at("[data-copies]")) copy(at("[data-copies]"));
    if (at("[data-dismiss]")) document.getElementById("notice").replaceChildren();
    if (at("[data-back]")) history.length > 1 ? history.back() : location.assign("/");
    if (at("[data-theme-switch]")) {
      const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
      choose(dark ? "light" : "dark");
    }
  });
  // The dialog is outside the page, so that a row renewed under it does not close it.
  // It opens when its buttons act: a key that is pressed at once must not be lost.
  document.addEventListener("htmx:afterSettle", event => {
    if (event.detail.target?.id === "confirm" && !event.detail.target.open) event.detail.target.showModal();
  });

  // A start takes the browser's time zone with it, for the clock inside.
  document.addEventListener("htmx:configRequest", event => {
    if (event.detail.verb !== "get") event.detail.headers["X-Time-Zone"] = Intl.DateTimeFormat().resolvedOptions().timeZone || "";
  });

  document.addEventListener("htmx:afterRequest", event => {
    if (event.target.matches?.("[data-closes-after]")) event.target.closest("dialog")?.close();
  });

  // --- keys ---
  let leader = 0;
  const focus = id => {
    const field = document.getElementById(id);
    if (field) { field.focus(); field.select(); }
    return field;
  };
  const move = (step, event) => {
    const here = document.activeElement;
    const menu = here.closest("details.menu[open]");
    const all = [...(menu ? menu.querySelectorAll(".menu-item") : document.querySelectorAll(".row-name"))];
    const at = all.indexOf(here);
    if (!all.length || (at < 0 && here !== document.body && !menu)) return;
    event.preventDefault();
    all[Math.min(Math.max(at < 0 ? 0 : at + step, 0), all.length - 1)].focus();
  };
  document.addEventListener("keydown", event => {
    if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
    const typing = event.target.closest("input, textarea, select, [contenteditable]");
    if (event.key === "Escape") {
      const menu = document.querySelector("details.menu[open]");
      closeMenus();
      if (menu) menu.querySelector("summary").focus();
      else if (typing) typing.blur();
    }
    if (typing) return;
    if (event.key === "/") {
      event.preventDefault();
      if (!focus("url")) location.assign("/");
    } else if (event.key === "f") {
      if (focus("filter")) event.preventDefault();
    } else if (event.key === "?") {
      document.getElementById("keys").showModal();
    } else if (event.key === "g") {
      leader = Date.now();
    } else if (event.key === "w" && Date.now() - leader < 1500) {
      location.assign("/");
    } else if (event.key === "s" && Date.now() - leader < 1500) {
      location.assign("/settings");
    } else if (event.key === "ArrowDown") {
      move(1, event);
    } else if (event.key === "ArrowUp") {
      move(-1, event);
    }
  });

  // --- what an action answers is said where the person looks ---
  document.addEventListener("htmx:beforeSwap", event => {
    const { xhr } = event.detail;
    if (xhr.status >= 400 && xhr.getResponseHeader("Content-Type")?.startsWith("text/html")) {
      event.detail.shouldSwap = true;
      event.detail.isError = false;
      event.detail.requestConfig.elt.closest("dialog")?.close(); // what it says is said on the page
    }
  });
  document.addEventListener("htmx:beforeRequest", () => document.getElementById("notice").replaceChildren());
  document.addEventListener("htmx:sendError", event => {
    if (event.detail.requestConfig.verb === "get") return;
    const box = document.createElement("p");
    box.className = "condition";
    box.textContent = "The server did not answer, so nothing was changed. Try again in a moment.";
    document.getElementById("notice").replaceChildren(box);
    podium.say(box.textContent);
  });
})();
