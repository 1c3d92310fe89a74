// The terminals of a workspace: which there are, how they are arranged, what a key does.
import * as api from "./api.js";
import { Bar } from "./bar.js";
import { copySelection, pasteClipboard } from "./clipboard.js";
import { meaning, showKeys } from "./keys.js";
import { beside, idsOf, leaf, moved, restored, split, without } from "./layout.js";
import { absolute } from "./links.js";
import { Pane } from "./pane.js";
import { ask, make, say } from "./parts.js";
import { draw } from "./splits.js";
import * as themes from "./themes.js";
import { TouchKeys } from "./touch.js";

const KEPT = "podium-terminals";
const EVERY = 3000; // ms between looks at which terminals there are
const SOON = 300; // s before a stop that is told
const EDITOR = ["/bin/sh", "-c", 'exec ${EDITOR:-vi} ${2:+"+$2"} "$1"', "sh"];

export class Page {
  // `alone`: the id of the one terminal that the page is for; empty is all of them.
  constructor(workspace, alone) {
    this.workspace = workspace;
    this.alone = alone;
    this.panes = new Map();
    this.tabs = [];
    this.active = "";
    this.reads = false;
    this.place = document.getElementById("panes");
    this.bar = new Bar(this);
    this.touch = new TouchKeys(document.getElementById("touch"), () => this.pane(this.active));
    themes.watch(() => this.panes.forEach(pane => pane.dress()));
    document.addEventListener("keydown", event => {
      if (!event.defaultPrevented && !document.querySelector("dialog[open]") && !event.target.closest(".xterm")) this.key(event);
    });
  }

  async begin() {
    let found = await api.list();
    if (this.alone) found = found.filter(one => one.id === this.alone);
    else if (!found.some(one => one.alive)) {
      // a refusal is told; silence is the caller's, who begins again
      const fresh = await this.open({}, { again: true });
      found = fresh ? [...found, fresh] : found;
    }
    for (const info of found) this.meet(info);
    const kept = this.alone ? {} : this.kept();
    this.tabs = restored(kept.tabs, found.map(one => one.id));
    setInterval(() => document.visibilityState === "visible" && this.look(), EVERY);
    if (!this.tabs.length) return this.nothing();
    const ids = this.tabs.flatMap(idsOf);
    const alive = ids.find(id => !this.pane(id).over) ?? ids[0];
    return this.show(ids.includes(kept.active) ? kept.active : alive);
  }

  kept() {
    try { return JSON.parse(localStorage.getItem(KEPT)) ?? {}; } catch { return {}; }
  }

  keep() {
    if (this.alone) return;
    try { localStorage.setItem(KEPT, JSON.stringify({ tabs: this.tabs, active: this.active })); } catch { /* then not */ }
  }

  pane(id) {
    return this.panes.get(id);
  }

  meet(info) {
    const pane = this.pane(info.id) ?? new Pane(info, this);
    this.panes.set(info.id, pane);
    pane.learn(info);
    return pane;
  }

  // --- what there is: others open and close terminals as well ---
  async look() {
    let found;
    try {
      found = await api.list();
      this.workspace = await api.workspace();
    } catch {
      return;
    }
    this.warn();
    if (this.alone) found = found.filter(one => one.id === this.alone);
    for (const info of found) {
      const known = this.panes.has(info.id);
      this.meet(info);
      if (!known) {
        this.tabs.push(leaf(info.id));
        this.keep();
      }
    }
    for (const id of [...this.panes.keys()]) if (!found.some(one => one.id === id)) this.drop(id);
    this.changed();
  }

  warn() {
    const { left } = this.workspace;
    const bar = document.getElementById("stops");
    bar.hidden = left === null || left === undefined || left > SOON;
    if (!bar.hidden) bar.textContent = `This workspace stops in ${Math.max(1, Math.ceil(left / 60))} min: nobody uses it. Type something to keep it.`;
  }

  async open(wished, { again = false } = {}) {
    try {
      return await api.create(wished);
    } catch (error) {
      if (again && !(error instanceof api.Refused)) throw error;
      say(`No terminal could be opened: ${error.message}`);
      return null;
    }
  }

  async add(way, wished = {}) {
    const from = this.pane(this.active);
    const info = await this.open({ ...(from?.info.cwd && !from.over ? { cwd: from.info.cwd } : {}), ...wished });
    if (!info) return;
    this.meet(info);
    const at = this.tabs.findIndex(tree => idsOf(tree).includes(this.active));
    if (way && at >= 0) this.tabs[at] = split(this.tabs[at], this.active, way, info.id);
    else this.tabs.splice(at < 0 ? this.tabs.length : at + 1, 0, leaf(info.id));
    this.show(info.id);
  }

  // An ended one gives its place to a new one.
  async ended(pane) {
    const info = await this.open({ ...(pane.info.cwd ? { cwd: pane.info.cwd } : {}) });
    if (!info) return;
    this.meet(info);
    const put = tree => (tree.parts ? { ...tree, parts: tree.parts.map(put) } : tree.id === pane.id ? leaf(info.id) : tree);
    this.tabs = this.tabs.map(put);
    this.show(info.id);
    api.close(pane.id).catch(() => {});
    this.panes.delete(pane.id);
    pane.dispose();
    this.changed();
  }

  async close(pane) {
    if (!pane) return;
    if (pane.busy && pane.connection) {
      const answer = await ask({
        title: `Close ${pane.label}?`,
        body: [make("p", {}, make("b", {}, pane.front), " runs in it, and is ended.")],
        choices: [["", "Keep it", ""], ["close", "Close and end it", "danger solid"]],
      });
      if (answer !== "close") return;
    }
    try {
      await api.close(pane.id);
    } catch (error) {
      if (error.status !== 404) return say(`It was not closed: ${error.message}`);
    }
    this.drop(pane.id);
  }

  drop(id) {
    const pane = this.pane(id);
    if (!pane) return;
    const order = this.tabs.flatMap(idsOf);
    const next = order[order.indexOf(id) + 1] ?? order[order.indexOf(id) - 1];
    this.tabs = this.tabs.map(tree => without(tree, id)).filter(Boolean);
    this.panes.delete(id);
    pane.dispose();
    if (!this.tabs.length) return this.nothing();
    if (this.active === id || !this.pane(this.active)) this.show(next);
    else this.drawn();
  }

  nothing() {
    this.active = "";
    this.bar.draw();
    this.keep();
    const open = make("button", { type: "button", className: "button primary", onclick: () => this.add(null) }, "New terminal");
    const all = make("a", { className: "button primary", href: "/_supervisor/terminals" }, "All terminals");
    this.place.replaceChildren(make("div", { className: "nothing" }, make("p", {}, this.alone ? "This terminal is not there any more." : "No terminal is open."), this.alone ? all : open));
    this.place.querySelector("button, a").focus();
    this.title();
  }

  async rename(id) {
    const pane = this.pane(id);
    if (!pane) return;
    const field = make("input", { className: "input", maxLength: 100, "aria-label": "Name", autocomplete: "off" });
    field.value = pane.info.given_title ?? "";
    const answer = await ask({
      title: "Rename this terminal",
      body: [field, make("p", { className: "dim" }, "Empty: as what runs in it.")],
      choices: [["rename", "Rename", "primary"], ["", "Cancel", ""]],
    });
    if (answer !== "rename") return;
    try {
      this.meet(await api.rename(id, field.value.trim()));
      await this.look();
    } catch (error) {
      say(`It was not renamed: ${error.message}`);
    }
  }

  move(from, to) {
    if (to < 0 || to >= this.tabs.length) return;
    this.tabs = moved(this.tabs, from, to);
    this.keep();
    this.bar.draw();
  }

  openFile(pane, { path, line, column }) {
    const file = absolute(path, pane.info.cwd || this.workspace.folder, this.workspace.home);
    if (this.workspace.ide !== "vscode") return this.add("right", { command: [...EDITOR, file, ...(line ? [String(line)] : [])] });
    const place = `${file}${line ? `:${line}` : ""}${line && column ? `:${column}` : ""}`;
    const payload = [...(line ? [["gotoLineMode", "true"]] : []), ["openFile", `vscode-remote://${location.host}${place}`]];
    return window.open(`/?payload=${encodeURIComponent(JSON.stringify(payload))}`, "_blank", "noopener");
  }

  // --- showing ---
  show(id) {
    this.active = id;
    this.drawn();
    this.pane(id).focus();
  }

  drawn() {
    const tree = this.tabs.find(one => idsOf(one).includes(this.active));
    const wanted = JSON.stringify(tree, (name, value) => (name === "sizes" ? undefined : value));
    if (wanted !== this.tree || !this.place.contains(this.pane(this.active).element)) {
      this.tree = wanted;
      draw(tree, this.place, one => this.pane(one), () => this.keep());
      for (const one of idsOf(tree)) {
        this.pane(one).open();
        this.pane(one).fitSoon();
      }
    }
    this.keep();
    this.changed();
  }

  // What is typed, with the keys that a thumb holds.
  held(data) {
    return this.touch.changed(data);
  }

  focused(pane) {
    if (this.active === pane.id) return;
    this.active = pane.id;
    this.keep();
    this.changed();
  }

  changed() {
    for (const [id, pane] of this.panes) {
      pane.element.classList.toggle("active", id === this.active);
      pane.element.setAttribute("aria-label", `Terminal ${pane.label}`);
    }
    this.bar.draw();
    this.title();
  }

  title() {
    const pane = this.pane(this.active);
    const state = { waiting: "reconnecting", refused: "not connected", ended: "ended" }[pane?.element.dataset.state];
    document.title = [pane?.label ?? "Terminals", state, this.workspace.name, "Podium"].filter(Boolean).join(" · ");
  }

  // --- keys: returns whether the terminal gets it ---
  key(event) {
    if (event.type !== "keydown") return meaning(event) === undefined;
    const wanted = meaning(event);
    if (!wanted) return true;
    event.preventDefault();
    this.act(wanted);
    return false;
  }

  act(what) {
    const pane = this.pane(this.active);
    const at = this.tabs.findIndex(tree => idsOf(tree).includes(this.active));
    const tab = step => this.show(idsOf(this.tabs[(at + step + this.tabs.length) % this.tabs.length])[0]);
    const alone = Boolean(this.alone);
    switch (what) {
      case "copy": return pane && copySelection(pane.term);
      case "paste": return pane && pasteClipboard(pane.term);
      case "find": return pane?.find.open();
      case "create": return alone ? undefined : this.add(null);
      case "right": case "down": return alone ? undefined : this.add(what);
      case "next": return at >= 0 && tab(1);
      case "previous": return at >= 0 && tab(-1);
      case "after": return at >= 0 && this.show(beside(this.tabs[at], this.active, 1));
      case "before": return at >= 0 && this.show(beside(this.tabs[at], this.active, -1));
      case "left": return this.move(at, at - 1);
      case "rightward": return this.move(at, at + 1);
      case "larger": return themes.resize(1);
      case "smaller": return themes.resize(-1);
      case "usual": return themes.resize(0);
      case "bar": return document.querySelector("#tabs [aria-current], #tools button")?.focus();
      case "back": return pane?.focus();
      default: return showKeys();
    }
  }

  read() {
    this.reads = !this.reads;
    for (const pane of this.panes.values()) pane.term.options.screenReaderMode = this.reads;
  }
}
