// A row of the keys that a phone's keyboard does not have, above it.
import { pasteClipboard } from "./clipboard.js";
import { make } from "./parts.js";

const KEYS = [
  ["Esc", "\x1b"], ["Tab", "\t"], ["Ctrl", "ctrl"], ["Alt", "alt"],
  ["←", "D", "Left"], ["↓", "B", "Down"], ["↑", "A", "Up"], ["→", "C", "Right"],
  ["/", "/"], ["-", "-"], ["|", "|"], ["~", "~"], ["Paste", "paste"],
];

export class TouchKeys {
  constructor(place, active) {
    this.active = active;
    this.held = { ctrl: false, alt: false };
    this.buttons = {};
    for (const [text, what, name] of KEYS) {
      const one = make("button", { type: "button", tabIndex: -1, "aria-label": name ?? text,
        // the keyboard stays as it is: the focus is not taken from the terminal
        onpointerdown: event => event.preventDefault(), onclick: () => this.press(what) }, text);
      if (what in this.held) {
        one.setAttribute("aria-pressed", "false");
        this.buttons[what] = one;
      }
      place.append(one);
    }
    // What a phone's keyboard covers is not part of the page.
    const view = window.visualViewport;
    const size = () => document.documentElement.style.setProperty("--height", `${view.height}px`);
    view?.addEventListener("resize", size);
    if (view && matchMedia("(pointer: coarse)").matches) size();
  }

  press(what) {
    const pane = this.active();
    if (!pane) return;
    if (what in this.held) this.hold(what, !this.held[what]);
    else if (what === "paste") pasteClipboard(pane.term);
    else if ("ABCD".includes(what)) {
      const { ctrl, alt } = this.held;
      const modifier = 1 + (alt ? 2 : 0) + (ctrl ? 4 : 0);
      const lead = pane.term.modes.applicationCursorKeysMode ? "\x1bO" : "\x1b[";
      pane.typed(modifier > 1 ? `\x1b[1;${modifier}${what}` : `${lead}${what}`);
      this.release();
    } else pane.typed(this.changed(what));
    pane.focus();
  }

  hold(what, on) {
    this.held[what] = on;
    this.buttons[what].setAttribute("aria-pressed", String(on));
  }

  release() {
    this.hold("ctrl", false);
    this.hold("alt", false);
  }

  // What is typed next, with Ctrl or Alt when they are held.
  changed(data) {
    const { ctrl, alt } = this.held;
    if (data.length !== 1 || (!ctrl && !alt)) return data;
    let one = data;
    if (ctrl && /[a-z@[\\\]^_ ?]/i.test(one)) one = one === "?" ? "\x7f" : String.fromCharCode(one.toUpperCase().charCodeAt(0) & 31);
    if (alt) one = `\x1b${one}`;
    this.release();
    return one;
  }
}
