// Fields that filter what the page shows already: <input data-filters="selector of the items">.
// The field may say by which parts an item is found (data-finds, a selector), with what their
// titles say in full; else by its text. Sections without a match go as a whole; what a live update renews is filtered again before it is painted.
(() => {
  "use strict";
  const podium = window.podium;

  const words = field => field.value.toLowerCase().split(/\s+/).filter(Boolean);
  const said = (item, parts) => parts
    ? [...item.querySelectorAll(parts)].map(one => `${one.textContent} ${one.title}`).join(" ")
    : item.textContent;
  podium.filter = () => {
    for (const field of document.querySelectorAll("[data-filters]")) {
      const wanted = words(field);
      let shown = 0;
      for (const item of document.querySelectorAll(field.dataset.filters)) {
        const text = said(item, field.dataset.finds).toLowerCase();
        item.hidden = !wanted.every(word => text.includes(word));
        shown += item.hidden ? 0 : 1;
      }
      for (const group of document.querySelectorAll(".group")) {
        group.hidden = wanted.length > 0 && !group.querySelector(".row:not([hidden])");
        const folded = group.querySelector("details.folded");
        if (folded && wanted.length && !group.hidden) folded.open = true;
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
