// Fields that filter what the page shows already: <input data-filters="selector of the items">.
// An item says what it is found by in data-finds, else by its text. Sections without a match
// go as a whole; what a live update renews is filtered again before it is painted.
(() => {
  "use strict";
  const podium = window.podium;

  const words = field => field.value.toLowerCase().split(/\s+/).filter(Boolean);
  podium.filter = () => {
    for (const field of document.querySelectorAll("[data-filters]")) {
      const wanted = words(field);
      let shown = 0;
      for (const item of document.querySelectorAll(field.dataset.filters)) {
        const text = (item.dataset.finds ?? item.textContent).toLowerCase();
        item.hidden = !wanted.every(word => text.includes(word));
        shown += item.hidden ? 0 : 1;
      }
      for (const group of document.querySelectorAll(".group")) {
        group.hidden = wanted.length > 0 && !group.querySelector(".row:not([hidden])");
      }
      const none = field.closest("#groups, #log")?.querySelector(".filter-none");
      if (none) none.hidden = shown > 0 || !wanted.length;
    }
  };
  document.addEventListener("input", event => {
    if (event.target.matches("[data-filters]")) podium.filter();
  });
  document.addEventListener("keydown", event => {
    if (event.key !== "Escape" || !event.target.matches("[data-filters]")) return;
    event.target.value = "";
    podium.filter();
  });
  document.addEventListener("htmx:oobAfterSwap", podium.filter);
  document.addEventListener("htmx:afterSwap", podium.filter);
})();
