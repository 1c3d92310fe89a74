// A port that begins to listen while a workspace's page is open: told with a button, or opened, once.
// What listened when the page came is no news.
(() => {
  "use strict";
  const OPENED = "podium-opened";
  let known = null; // ports that listen, by start: a new start's are news again
  let start = "";

  const place = () => document.getElementById("openings");
  const once = key => {
    try {
      if (sessionStorage.getItem(`${OPENED} ${key}`)) return false;
      sessionStorage.setItem(`${OPENED} ${key}`, "yes");
    } catch { /* opened again after a reload then */ }
    return true;
  };

  const tell = row => {
    const { port, title, address } = row.dataset;
    const said = document.createElement("p");
    said.className = "opening";
    said.dataset.opening = port;
    const text = document.createElement("span");
    text.textContent = `${title} listens on port ${port}.`;
    const link = document.createElement("a");
    Object.assign(link, { className: "button primary", href: address, target: "_blank", rel: "noopener", textContent: "Open" });
    link.setAttribute("aria-label", `Open port ${port}`);
    const close = document.createElement("button");
    Object.assign(close, { type: "button", className: "button quiet", textContent: "Dismiss" });
    for (const one of [link, close]) one.addEventListener("click", () => said.remove());
    said.append(text, link, close);
    withdraw(port);
    place().append(said);
  };
  const withdraw = port => place().querySelector(`[data-opening="${port}"]`)?.remove();

  const act = row => {
    const { port, opens, address } = row.dataset;
    if (opens.startsWith("ignore")) return;
    // the tab that somebody looks at opens it; a browser that does not allow that is asked by a click
    if (opens === "open-browser" && !document.hidden) {
      if (!once(`${start} ${port}`) || window.open(address, "_blank")) return;
    }
    tell(row);
  };

  const look = () => {
    const detail = document.querySelector("#detail[data-start]");
    if (!detail || !place()) return;
    const rows = new Map();
    for (const row of detail.querySelectorAll(".port[data-listening]")) rows.set(row.dataset.port, row);
    const before = known;
    const again = start === detail.dataset.start;
    known = new Set(rows.keys());
    start = detail.dataset.start;
    if (before === null) return;
    for (const [port, row] of rows) if (!again || !before.has(port)) act(row);
    for (const port of before) if (!known.has(port)) withdraw(port);
  };
  document.addEventListener("DOMContentLoaded", look);
  document.addEventListener("htmx:afterSettle", look);
  document.addEventListener("htmx:oobAfterSwap", look);
})();
