// The bar: a tab for each terminal or split, and what can be done.
import { button, make } from "./parts.js";
import { idsOf } from "./layout.js";
import * as themes from "./themes.js";
import { described } from "./watching.js";

const clock = at => new Date(at * 1000).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });

// `page` is the whole: tabs, active, pane(id), show, close, rename, move, act.
export class Bar {
  constructor(page) {
    this.page = page;
    this.list = document.getElementById("tabs");
    this.keys = new Map();
    const tools = document.getElementById("tools");
    this.menu = make("details", { className: "menu" }, make("summary", { className: "icon-button", "aria-label": "More", title: "More" }), make("div", { className: "menu-items" }));
    this.menu.firstChild.append(...button("More", "ellipsis").childNodes);
    this.menu.addEventListener("toggle", () => this.menu.open && this.fill());
    this.menu.addEventListener("keydown", event => this.walk(event));
    document.addEventListener("pointerdown", event => { if (!this.menu.contains(event.target)) this.menu.open = false; });
    tools.append(
      button("New terminal (Ctrl Shift `)", "plus", () => page.act("create")),
      button("Split to the right (Ctrl Shift E)", "right", () => page.act("right"), { className: "icon-button wide-only" }),
      button("Split downward (Ctrl Shift O)", "down", () => page.act("down"), { className: "icon-button wide-only" }),
      button("Find (Ctrl Shift F)", "search", () => page.act("find")),
      this.menu,
    );
    document.getElementById("bar").addEventListener("keydown", event => {
      if (event.key === "Escape" && !this.menu.open) page.act("back");
    });
  }

  fill() {
    const { page } = this;
    const item = (text, act, pressed) => make("button", { type: "button", className: "menu-item", ...(pressed === undefined ? {} : { "aria-pressed": String(pressed) }), onclick: () => { this.menu.open = false; act(); } }, text);
    const rule = () => make("hr");
    const place = this.menu.lastChild;
    const theme = themes.chosen();
    const { workspace } = page;
    place.replaceChildren(
      item("Split to the right", () => page.act("right")),
      item("Split downward", () => page.act("down")),
      item("Rename", () => page.rename(page.active)),
      item("Close", () => page.close(page.pane(page.active))),
      rule(),
      item("Larger letters", () => page.act("larger")),
      item("Smaller letters", () => page.act("smaller")),
      item("As the system", () => themes.choose(""), theme === ""),
      item("Light", () => themes.choose("light"), theme === "light"),
      item("Dark", () => themes.choose("dark"), theme === "dark"),
      item("Read to a screen reader", () => page.read(), page.reads),
      rule(),
      ...(workspace.ide === "vscode" ? [make("a", { className: "menu-item", href: "/", target: "_blank", rel: "noopener" }, "Open VS Code")] : []),
      make("a", { className: "menu-item", href: workspace.page }, "The workspace’s page"),
      item("Keys", () => page.act("keys")),
    );
    place.querySelector(".menu-item").focus();
  }

  walk(event) {
    if (event.key === "Escape") {
      this.menu.open = false;
      this.menu.firstChild.focus();
      event.stopPropagation();
    }
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const items = [...this.menu.querySelectorAll(".menu-item")];
    items[(items.indexOf(document.activeElement) + step + items.length) % items.length].focus();
  }

  // Draw the tabs as they are now; one that stays keeps its element, so that nothing moves.
  draw() {
    const { page } = this;
    const wanted = page.tabs.map((tree, at) => {
      const ids = idsOf(tree);
      const current = ids.includes(page.active);
      const panes = ids.map(id => page.pane(id));
      const shown = current ? page.pane(page.active) : panes[0];
      const key = ids[0];
      const tab = this.keys.get(key) ?? this.make(key);
      this.keys.set(key, tab);
      const ended = panes.every(pane => pane.over);
      const word = ended ? "ended" : shown.element.dataset.state === "waiting" ? "reconnecting" : "";
      tab.at = at;
      tab.name.textContent = shown.label;
      tab.more.textContent = [ids.length > 1 ? `+${ids.length - 1}` : "", word].filter(Boolean).join(" ");
      tab.open.toggleAttribute("aria-current", current);
      if (current) tab.open.setAttribute("aria-current", "page");
      tab.open.title = described(shown.info, shown.title, clock);
      tab.shut.setAttribute("aria-label", `Close ${shown.label}`);
      tab.element.dataset.ended = ended;
      return tab.element;
    });
    for (const [key, tab] of this.keys) if (!wanted.includes(tab.element)) this.keys.delete(key);
    if (wanted.some((one, at) => this.list.children[at] !== one) || this.list.children.length !== wanted.length) this.list.replaceChildren(...wanted);
    if (this.shown !== page.active) {
      this.shown = page.active;
      this.list.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest", inline: "nearest" });
    }
  }

  make(key) {
    const { page } = this;
    const tab = {};
    const ids = () => idsOf(page.tabs[tab.at]);
    tab.name = make("span", { className: "tab-name" });
    tab.more = make("span", { className: "tab-more" });
    tab.open = make("button", { type: "button", className: "tab-open", onclick: () => page.show(ids().includes(page.active) ? page.active : ids()[0]), ondblclick: () => page.rename(page.active) }, tab.name, tab.more);
    tab.shut = button("Close", "x", () => page.close(page.pane(ids().includes(page.active) ? page.active : ids()[0])), { className: "icon-button tab-shut" });
    tab.element = make("li", { className: "tab", draggable: true, onauxclick: event => { if (event.button === 1) tab.shut.click(); } }, tab.open, tab.shut);
    tab.element.addEventListener("dragstart", event => {
      event.dataTransfer.setData("application/x-podium-tab", key);
      event.dataTransfer.effectAllowed = "move";
      this.dragged = tab;
    });
    tab.element.addEventListener("dragover", event => { if (this.dragged) event.preventDefault(); });
    tab.element.addEventListener("drop", event => {
      event.preventDefault();
      if (this.dragged && this.dragged !== tab) page.move(this.dragged.at, tab.at);
    });
    tab.element.addEventListener("dragend", () => { this.dragged = null; });
    return tab;
  }
}
