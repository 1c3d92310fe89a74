// Small things to build a page of: elements, icons, dialogs, a word that goes away by itself.
// Text is always set as text: what a terminal says is never HTML.

export function make(tag, properties = {}, ...children) {
  const one = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name.startsWith("on")) one.addEventListener(name.slice(2), value);
    else if (name in one && typeof value !== "string") one[name] = value;
    else one.setAttribute(name === "className" ? "class" : name, value);
  }
  one.append(...children);
  return one;
}

// Icons of Lucide 1.62.0 (https://lucide.dev), ISC License, Copyright (c) 2026 Lucide Icons and Contributors.
const ICONS = {
  plus: "M5 12h14M12 5v14",
  x: "M18 6 6 18M6 6l12 12",
  search: "m21 21-4.34-4.34M19 11a8 8 0 1 1-16 0 8 8 0 0 1 16 0z",
  ellipsis: "M12 12h.01M19 12h.01M5 12h.01",
  right: "M5 3h14a2 2 0 0 1 2 2v14a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2V5a2 2 0 0 1 2-2zM12 3v18",
  down: "M5 3h14a2 2 0 0 1 2 2v14a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2V5a2 2 0 0 1 2-2zM3 12h18",
  up: "m18 15-6-6-6 6",
  below: "m6 9 6 6 6-6",
};

export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", `icon icon-${name}`);
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", ICONS[name]);
  svg.append(path);
  return svg;
}

export const button = (label, glyph, act, more = {}) =>
  make("button", { type: "button", className: "icon-button", "aria-label": label, title: label, onclick: act, ...more }, icon(glyph));

// Ask in a dialog; resolves to the value of the button, or "" when it is closed. Each has an
// element of its own: a closed one says so only later, when the next may be open already.
export function ask({ title, body = [], choices, focus = 0 }) {
  const dialog = make("dialog", { "aria-labelledby": "dialog-title" });
  const before = document.activeElement;
  return new Promise(resolve => {
    let answer = "";
    const buttons = choices.map(([value, text, look]) =>
      make("button", { type: "submit", className: `button ${look}`, onclick: () => { answer = value; } }, text));
    const form = make("form", { method: "dialog" }, make("h2", { id: "dialog-title" }, title), ...body,
      make("div", { className: "actions end" }, ...buttons));
    dialog.append(form);
    dialog.addEventListener("close", () => {
      dialog.remove();
      if (!document.querySelector("dialog[open]")) before?.focus?.();
      resolve(answer);
    });
    document.body.append(dialog);
    dialog.showModal();
    (form.querySelector("input") ?? buttons[focus]).focus();
    form.querySelector("input")?.select();
  });
}

let fading = 0;
export function say(text, act = null) {
  const place = document.getElementById("said");
  clearTimeout(fading);
  const parts = [text];
  if (act) parts.push(make("button", { type: "button", className: "text-button", onclick: () => { act.run(); hush(); } }, act.word));
  place.replaceChildren(make("p", {}, ...parts));
  fading = setTimeout(hush, act ? 12000 : 2500);
}
export function hush() {
  document.getElementById("said").replaceChildren();
}
