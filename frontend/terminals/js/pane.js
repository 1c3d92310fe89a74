// One terminal on the page: xterm.js, its connection, its state in words.
import { FitAddon } from "../vendor/xterm-addon-fit.js";
import { Unicode11Addon } from "../vendor/xterm-addon-unicode11.js";
import { WebglAddon } from "../vendor/xterm-addon-webgl.js";
import { Terminal } from "../vendor/xterm.js";
import * as api from "./api.js";
import { addClipboard } from "./clipboard.js";
import { Composing } from "./composing.js";
import { Connection } from "./connection.js";
import { Find } from "./find.js";
import { addLinks } from "./links.js";
import { make } from "./parts.js";
import * as themes from "./themes.js";

const LINES = 10000;
const TAIL = 500000; // bytes of the past that are drawn when a page opens
const FONT = getComputedStyle(document.documentElement).getPropertyValue("--mono");

// Drawn by the graphics card where there is one; software WebGL is slower than elements.
const quick = (() => {
  try {
    const context = document.createElement("canvas").getContext("webgl2", { failIfMajorPerformanceCaveat: true });
    const named = context?.getExtension("WEBGL_debug_renderer_info");
    const drawer = named ? context.getParameter(named.UNMASKED_RENDERER_WEBGL) : "";
    context?.getExtension("WEBGL_lose_context")?.loseContext();
    return Boolean(context) && !/swiftshader|llvmpipe|software/i.test(drawer);
  } catch {
    return false;
  }
})();

// `owner` has key(event), held(data), focused(pane), changed(pane), ended(pane), openFile(pane, file), workspace.
export class Pane {
  constructor(info, owner) {
    this.id = info.id;
    this.info = info;
    this.owner = owner;
    this.fitted = null;
    this.undrawn = 0;
    this.exit = null;
    this.element = make("section", { className: "pane", "aria-label": "Terminal" });
    this.element.pane = this;
    this.screen = make("div", { className: "screen" });
    this.host = make("div", { className: "host" });
    this.screen.append(this.host);
    this.note = make("p", { className: "pane-note", hidden: true });
    this.term = new Terminal({
      allowProposedApi: true,
      cursorBlink: !matchMedia("(prefers-reduced-motion: reduce)").matches,
      fontFamily: FONT,
      fontSize: themes.size(),
      lineHeight: 1.15,
      minimumContrastRatio: 4.5,
      scrollback: LINES,
      theme: themes.colours(),
      overviewRuler: { width: 10 },
    });
    const { term } = this;
    this.fitting = new FitAddon();
    term.loadAddon(this.fitting);
    term.loadAddon(new Unicode11Addon());
    // as the C library of the workspace counts cells: programs and screen must agree
    term.unicode.activeVersion = "11";
    this.find = new Find(this);
    this.element.append(this.screen, this.find.element, this.note);
  }

  // Once the element is in the page: xterm measures letters.
  open() {
    if (this.connection) return;
    const { term } = this;
    term.open(this.host);
    term.textarea.setAttribute("aria-label", `Terminal ${this.title}`);
    if (quick) this.draw();
    addClipboard(term, this.element);
    addLinks(term, this.screen, { template: () => this.owner.workspace.port_template, openFile: file => this.owner.openFile(this, file) });
    const composing = new Composing(term.textarea);
    term.attachCustomKeyEventHandler(event => {
      const taken = this.owner.key(event);
      if (taken) composing.key(event);
      return taken;
    });
    term.onData(data => this.typed(this.owner.held(composing.sent(data))));
    term.onBinary(data => this.connection.typeBytes(data));
    term.onTitleChange(title => { this.said = title; this.owner.changed(this); });
    term.textarea.addEventListener("focus", () => { this.connection.tell({ focused: true }); this.owner.focused(this); });
    term.textarea.addEventListener("blur", () => this.connection.tell({ focused: false }));
    new ResizeObserver(() => this.fitSoon()).observe(this.screen);
    this.connection = new Connection(api.socket(this.id), -TAIL, api.why, {
      hello: (message, found) => this.hello(message, found),
      missed: count => this.missed(count),
      bytes: (data, drawn) => this.bytes(data, drawn),
      told: message => this.told(message),
      state: state => this.stated(state),
    });
  }

  draw() {
    try {
      const addon = new WebglAddon();
      addon.onContextLoss(() => addon.dispose());
      this.term.loadAddon(addon);
    } catch { /* elements then */ }
  }

  get title() {
    return this.info.title || this.said || this.info.command?.at?.(0)?.split("/").at(-1) || this.id;
  }

  // Its name among others: what it was given, its task's, else what runs in it.
  get label() {
    return this.info.given_title || this.info.task || this.title;
  }

  // What runs in front of the shell, or nothing: its given title stands before that.
  get front() {
    const { given_title: given = "", title = "" } = this.info;
    return given && title.startsWith(`${given}: `) ? title.slice(given.length + 2) : title;
  }

  get busy() {
    return !this.over && !/^-?(ba|da|z|fi|k|a)?sh$/.test(this.front);
  }

  get over() {
    return this.exit !== null || this.info.alive === false;
  }

  typed(data) {
    if (this.over && (data === "\r" || data === "\n")) this.owner.ended(this);
    else this.connection.type(data);
  }

  bytes(data, drawn) {
    this.undrawn += data.length;
    this.term.write(data, () => {
      this.undrawn -= data.length;
      drawn();
    });
  }

  hello(message, { fresh, missed }) {
    if (fresh) this.term.reset();
    if (missed) this.missed(missed);
    if (message.title) this.info.title = message.title;
    this.size = { cols: message.cols, rows: message.rows };
    this.fitted = null;
    this.fit();
    if (this.term.textarea === document.activeElement) this.connection.tell({ focused: true });
  }

  missed(count) {
    this.term.write(`\r\n\x1b[2m— ${count.toLocaleString("en")} bytes came meanwhile that are kept no more —\x1b[0m\r\n`);
  }

  told(message) {
    if ("title" in message) {
      this.info.title = message.title;
      this.owner.changed(this);
    }
    if ("cols" in message) {
      this.size = { cols: message.cols, rows: message.rows };
      this.applySize();
    }
    if ("exit" in message) {
      this.exit = message.exit ?? {};
      this.stated(this.connection.now);
    }
  }

  learn(info) {
    this.info = info;
    if (info.alive === false && this.exit === null) {
      this.exit = { code: info.exit_code };
      if (this.connection) this.stated(this.connection.now);
    }
  }

  // --- size: the viewer that typed or was focused last decides; the others look at what it has ---
  fitSoon() {
    cancelAnimationFrame(this.frame);
    this.frame = requestAnimationFrame(() => this.fit());
  }

  fit() {
    if (!this.host.isConnected || !this.screen.clientWidth) return;
    const wanted = this.fitting.proposeDimensions();
    if (!wanted?.cols || !wanted.rows) return;
    const now = `${wanted.cols}x${wanted.rows}`;
    if (now === this.fitted) return this.applySize();
    this.fitted = now;
    this.own = wanted;
    this.connection.tell(wanted);
    // until somebody says otherwise
    if (!this.size || document.hasFocus() || this.connection.now?.is !== "open") this.size = { ...wanted };
    this.applySize();
  }

  applySize() {
    if (!this.size) return;
    const { cols, rows } = this.size;
    if (cols !== this.term.cols || rows !== this.term.rows) this.term.resize(cols, rows);
    const other = this.own && (cols !== this.own.cols || rows !== this.own.rows);
    this.screen.classList.toggle("other-size", Boolean(other));
    this.screen.dataset.size = other ? `${cols} × ${rows}, as another window has it` : "";
  }

  // --- state, in words ---
  stated(state) {
    const note = this.note;
    clearInterval(this.ticking);
    note.className = "pane-note";
    const show = (...parts) => { note.replaceChildren(...parts); note.hidden = false; };
    if (this.over || state?.is === "ended") {
      const { code, signal } = this.exit ?? {};
      const how = signal ? `, ${signal}` : code ? `, exit ${code}` : code === 0 ? ", exit 0" : "";
      note.classList.add(code || signal ? "bad" : "quiet");
      show(make("span", {}, `Ended${how}.`), make("button", { type: "button", className: "text-button", onclick: () => this.owner.ended(this) }, "New terminal here"), make("button", { type: "button", className: "text-button", onclick: () => this.owner.close(this) }, "Close"));
    } else if (state?.is === "gone") {
      show(make("span", {}, "This terminal is not there any more."), make("button", { type: "button", className: "text-button", onclick: () => this.owner.close(this) }, "Close"));
    } else if (state?.is === "refused") {
      const signedOut = state.status.status === 401;
      const said = signedOut ? "You are signed out." : state.status.code?.startsWith("workspace_") ? "The workspace is not running." : `${state.status.message}.`;
      show(make("span", {}, said), make("button", { type: "button", className: "text-button", onclick: () => location.reload() }, signedOut ? "Sign in" : "Show it"));
      this.connection.timer = setTimeout(() => this.connection.open(), 10000);
    } else if (state?.is === "waiting") {
      const tell = () => {
        const left = Math.ceil((state.until - Date.now()) / 1000);
        show(make("span", {}, left > 0 ? `Reconnecting in ${left} s …` : "Reconnecting …"));
      };
      tell();
      this.ticking = setInterval(tell, 1000);
    } else if (state?.is === "open") {
      note.hidden = true;
    }
    // what is said must not hide the line that is written to
    const { cursorY } = this.term.buffer.active;
    this.screen.classList.toggle("raised", !note.hidden && cursorY >= this.term.rows - 2);
    const again = state?.is === "connecting" && this.connection?.stream.life;
    this.element.dataset.state = this.over ? "ended" : again ? "waiting" : state?.is ?? "";
    this.owner.changed(this);
  }

  dress() {
    this.term.options.theme = themes.colours();
    this.term.options.fontSize = themes.size();
    this.fitted = null;
    this.fitSoon();
  }

  focus() {
    this.term.focus();
  }

  dispose() {
    clearInterval(this.ticking);
    this.connection?.close();
    this.term.dispose();
    this.element.remove();
  }
}
