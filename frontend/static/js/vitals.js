// Figures over time, drawn from what this page has received (the server keeps the last value only),
// and the log, which follows its end until somebody scrolls up.
(() => {
  "use strict";
  const MOST = 60;
  const [WIDTH, TOP, BOTTOM] = [60, 1, 17];
  const histories = new Map(); // gauge of a workspace → parts of its limit, oldest first
  const drawn = new WeakSet();

  const draw = svg => {
    if (drawn.has(svg)) return;
    drawn.add(svg);
    const part = Number(svg.dataset.part);
    const key = `${svg.dataset.spark} ${svg.parentElement.className}`; // a row's, or its page's
    const values = histories.get(key) ?? [];
    histories.set(key, values);
    if (part >= 0) values.push(part);
    if (values.length > MOST) values.shift();
    if (values.length < 2) return;
    // the newest value stands at the right edge; a young page draws no further left than it knows
    const step = WIDTH / (MOST - 1);
    const points = values.map((value, index) => {
      const x = WIDTH - (values.length - 1 - index) * step;
      return `${x.toFixed(1)},${(BOTTOM - (BOTTOM - TOP) * value).toFixed(1)}`;
    });
    const left = points[0].split(",")[0];
    svg.querySelector(".spark-line").setAttribute("points", points.join(" "));
    svg.querySelector(".spark-area").setAttribute("points", `${left},18 ${points.join(" ")} ${WIDTH},18`);
  };

  // --- the log ---
  let place = null; // scrollTop before a swap; null while the end is followed
  const lines = () => document.getElementById("log-lines");
  const following = () => document.getElementById("log-follow")?.checked ?? true;
  const settle = () => {
    for (const svg of document.querySelectorAll(".spark")) draw(svg);
    const log = lines();
    if (log) log.scrollTop = place === null || following() ? log.scrollHeight : place;
  };
  document.addEventListener("htmx:oobBeforeSwap", event => {
    if (event.detail.target.id === "log") place = following() ? null : lines()?.scrollTop ?? null;
  });
  document.addEventListener("scroll", event => {
    if (event.target.id !== "log-lines") return;
    const log = event.target;
    const atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 24;
    const box = document.getElementById("log-follow");
    if (box && box.checked !== atEnd && log.matches(":hover, :focus")) box.checked = atEnd;
  }, true);
  document.addEventListener("change", event => {
    if (event.target.id === "log-follow" && event.target.checked) { place = null; settle(); }
  });
  document.addEventListener("htmx:oobAfterSwap", settle);
  document.addEventListener("htmx:afterSettle", settle);
  document.addEventListener("DOMContentLoaded", settle);
})();
