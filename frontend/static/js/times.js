// Times that tick: <… data-since="seconds since 1970">, and moments in the reader's zone:
// <time data-at>. The same words as app/web/times.py, so that nothing jumps when this starts.
(() => {
  "use strict";
  const podium = (window.podium = {});

  // The server's clock counts; pages and live messages carry it.
  let offset = 0;
  podium.now = () => Date.now() / 1000 + offset;
  podium.serverSays = seconds => {
    const difference = seconds - Date.now() / 1000;
    if (Math.abs(difference - offset) > 0.3) offset = difference;
  };
  podium.serverSays(Number(document.documentElement.dataset.now));

  podium.span = seconds => {
    if (seconds < 10) return `${(Math.floor(Math.max(seconds, 0) * 10) / 10).toFixed(1)} s`;
    if (seconds < 60) return `${Math.floor(seconds)} s`;
    if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
    if (seconds < 86400) return `${Math.floor(seconds / 3600)} h`;
    return `${Math.floor(seconds / 86400)} d`;
  };

  const moments = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
  const hours = new Intl.DateTimeFormat("en-GB", { timeStyle: "short" });
  const exact = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "long" });

  const HALF_A_DAY = 43200; // s, as in app/web/times.py
  const clock = new Intl.DateTimeFormat("en-GB", { timeStyle: "medium" });

  podium.tick = () => {
    const now = podium.now();
    for (const one of document.querySelectorAll("[data-since]")) {
      const text = podium.span(now - Number(one.dataset.since)) + (one.dataset.suffix ?? "");
      if (one.textContent !== text) one.textContent = text;
      if (!one.dataset.told) {
        one.dataset.told = "yes";
        one.title = exact.format(new Date(Number(one.dataset.since) * 1000));
      }
    }
    for (const one of document.querySelectorAll("[data-until]")) {
      const left = Math.max(Number(one.dataset.until) - now, 0);
      const text = left < 10 ? `${Math.floor(left)} s` : podium.span(left);
      if (one.textContent !== text) one.textContent = text;
    }
    for (const one of document.querySelectorAll("[data-clock]:not([data-told])")) {
      one.textContent = clock.format(new Date(Number(one.dataset.clock) * 1000));
      one.dataset.told = "yes";
    }
    for (const one of document.querySelectorAll("[data-at]:not([data-told])")) {
      const date = new Date(Number(one.dataset.at) * 1000);
      const brief = "brief" in one.dataset && now - Number(one.dataset.at) < HALF_A_DAY;
      one.textContent = brief ? hours.format(date) : moments.format(date);
      one.title = exact.format(date);
      one.dataset.told = "yes";
    }
  };
  podium.tick();
  setInterval(() => { if (!document.hidden) podium.tick(); }, 100);
  document.addEventListener("visibilitychange", podium.tick);
})();
