// Runs before the first paint, so that a chosen theme never flashes.
(() => {
  "use strict";
  try {
    const chosen = localStorage.getItem("podium-theme");
    if (chosen === "light" || chosen === "dark") document.documentElement.dataset.theme = chosen;
  } catch {
    // Storage is switched off: the system's theme it is.
  }
})();
