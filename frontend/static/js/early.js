// What cannot wait for the other scripts, which run when the page has arrived whole.
(() => {
  "use strict";

  // --- before the first paint, so that a chosen theme never flashes ---
  try {
    const chosen = localStorage.getItem("podium-theme");
    if (chosen === "light" || chosen === "dark") document.documentElement.dataset.theme = chosen;
  } catch {
    // Storage is switched off: the system's theme it is.
  }

  // --- who is faster than the scripts is not ignored: it is done as soon as they are there ---
  const ACTS = "[hx-get],[hx-post],[hx-put],[hx-patch],[hx-delete]";
  let held = null;
  const hold = event => {
    const acts = event.target.closest?.(event.type === "click" ? `${ACTS},button[type=button]` : ACTS);
    // a button of a form sends the form, and that is held
    if (!acts || (event.type === "click" && acts.matches("form"))) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    held = { type: event.type, element: event.type === "change" ? event.target : acts, submitter: event.submitter };
  };
  const kinds = ["click", "submit", "change"];
  for (const kind of kinds) document.addEventListener(kind, hold, true);
  const release = () => {
    for (const kind of kinds) document.removeEventListener(kind, hold, true);
    if (!held?.element.isConnected) return;
    const { type, element, submitter } = held;
    if (type === "click") element.click();
    else if (type === "submit") element.requestSubmit(submitter);
    else element.dispatchEvent(new Event("change", { bubbles: true }));
  };
  // behind every other script's own beginning
  document.addEventListener("DOMContentLoaded", () => setTimeout(release));
})();
