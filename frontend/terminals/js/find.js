// Search in a pane: on the screen and in what the page holds of it, and in the whole history
// that is kept on the workspace's disk.
import { SearchAddon } from "../vendor/xterm-addon-search.js";
import * as api from "./api.js";
import { button, make } from "./parts.js";
import * as themes from "./themes.js";

const PAUSE = 150; // ms after a key

export class Find {
  constructor(pane) {
    this.pane = pane;
    this.addon = new SearchAddon({ highlightLimit: 1000 });
    pane.term.loadAddon(this.addon);
    this.field = make("input", { type: "search", className: "input small", placeholder: "Find", "aria-label": "Find in this terminal", autocomplete: "off", spellcheck: "false", oninput: () => this.soon(), onkeydown: event => this.key(event) });
    this.exact = this.toggle("Aa", "Match case");
    this.regex = this.toggle(".*", "Regular expression");
    this.count = make("span", { className: "found num", "aria-live": "polite" });
    this.all = make("button", { type: "button", className: "text-button", onclick: () => this.history() }, "Whole history");
    this.list = make("ol", { className: "hits", hidden: true });
    this.element = make("div", { className: "find", hidden: true, role: "search" },
      make("div", { className: "find-row" }, this.field, this.exact, this.regex, this.count,
        button("Previous match (Shift Enter)", "up", () => this.step(-1)),
        button("Next match (Enter)", "below", () => this.step(1)),
        this.all,
        button("Close (Esc)", "x", () => this.close())),
      this.list);
    this.addon.onDidChangeResults(({ resultIndex, resultCount }) => {
      this.count.textContent = !this.field.value ? "" : resultCount ? `${resultIndex + 1} of ${resultCount}` : "nothing here";
    });
  }

  toggle(text, label) {
    const one = make("button", { type: "button", className: "find-toggle", "aria-pressed": "false", "aria-label": label, title: label, onclick: () => {
      one.setAttribute("aria-pressed", String(one.getAttribute("aria-pressed") !== "true"));
      this.step(1, true);
    } }, text);
    return one;
  }

  get wish() {
    const on = one => one.getAttribute("aria-pressed") === "true";
    return { text: this.field.value, case: on(this.exact), regex: on(this.regex) };
  }

  open() {
    this.element.hidden = false;
    const selected = this.pane.term.getSelection();
    if (selected && !selected.includes("\n")) this.field.value = selected;
    this.field.focus();
    this.field.select();
    if (this.field.value) this.step(-1, true);
  }

  close() {
    if (this.element.hidden) return;
    this.element.hidden = true;
    this.list.hidden = true;
    this.addon.clearDecorations();
    this.pane.focus();
  }

  soon() {
    clearTimeout(this.timer);
    this.list.hidden = true;
    this.timer = setTimeout(() => this.step(-1, true), PAUSE);
  }

  step(way, incremental = false) {
    const { text, case: caseSensitive, regex } = this.wish;
    if (!text) {
      this.addon.clearDecorations();
      this.count.textContent = "";
      return;
    }
    const options = { caseSensitive, regex, incremental: incremental && way > 0, decorations: themes.finds() };
    try {
      if (way > 0) this.addon.findNext(text, options); else this.addon.findPrevious(text, options);
    } catch {
      this.count.textContent = "no regular expression";
    }
  }

  key(event) {
    if (event.key === "Enter") {
      event.preventDefault();
      if (event.altKey) this.history(); else this.step(event.shiftKey ? -1 : 1);
    } else if (event.key === "Escape") {
      event.preventDefault();
      this.close();
    }
  }

  // Newest first, fifty at a time; what is further back comes with another click.
  async history(before = undefined) {
    const wish = this.wish;
    if (!wish.text) return this.field.focus();
    if (before === undefined) this.list.replaceChildren(make("li", { className: "dim" }, "Searching …"));
    this.list.hidden = false;
    let found;
    try {
      found = await api.search(this.pane.id, { ...wish, before });
    } catch (error) {
      this.list.replaceChildren(make("li", { className: "dim" }, `It could not be searched: ${error.message}`));
      return;
    }
    const hits = found.matches.map(({ line, start, end }) => make("li", {}, make("code", {}, line.slice(0, start), make("mark", {}, line.slice(start, end)), line.slice(end))));
    const oldest = found.before ?? null;
    const more = oldest === null ? [] : [make("li", {}, make("button", { type: "button", className: "text-button", onclick: event => { event.target.closest("li").remove(); this.history(oldest); } }, "Further back"))];
    if (before === undefined) this.list.replaceChildren();
    const none = !hits.length && !more.length && before === undefined;
    this.list.append(...hits, ...more, ...(none ? [make("li", { className: "dim" }, "Nowhere in what is kept of this terminal.")] : []));
  }
}
