// VS Code's terminals are the supervisor's: they outlive the window and VS Code's server. A window shows again
// what was open; only a person's closing ends one.
const vscode = require("vscode");
const { Attachment } = require("./attachment");
const layout = require("./layout");
const { askingGit } = require("./places");
const { ask, connect } = require("./supervisor");

const PROFILE = "podium.terminal";
const OURS = { opener: "vscode" }; // what the supervisor keeps of a terminal that was opened here
const SHOWN = "tasks.shown";
const FOR_PANEL = 10000; // ms in which a panel that was open asks for its first terminal, on a busy machine too
const BY_ITSELF = 2000; // ms from the window's begin in which a person does not ask for one
const ASK_EVERY = 500; // ms
const ASK_FOR = 240; // times: tasks may begin after the window has opened
const NEW_GROUP = {
  left: "workbench.action.newGroupLeft",
  right: "workbench.action.newGroupRight",
  above: "workbench.action.newGroupAbove",
  below: "workbench.action.newGroupBelow",
};

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Those whose terminals are there, as rows to be shown. */
const openTasks = (told) => (told?.tasks ?? []).filter((task) => task.open).map((task) => ({ ...task, task: true }));

class Terminals {
  /** id → what VS Code shows of it in this window */
  #attached = new Map();
  #context;
  #state;
  #began = Date.now();
  #ended = false;
  #waiting = []; // found at the begin, in the panel, not attached yet
  #tasksSeen = []; // tasks in the panel that a window has shown before: the panel may ask for one
  #ends = new Map(); // id → offset up to which output was old when this window began
  #provided = new Map(); // ids that VS Code has asked for and does not show yet → whether the panel did, by itself
  #first = true; // VS Code has not asked yet
  #waited = false; // for the panel
  #listed;
  #asked = () => {}; // the panel has asked for its first terminal
  #forPanel = new Promise((resolve) => (this.#asked = resolve));

  /** @param {vscode.ExtensionContext} context */
  constructor(context) {
    this.#context = context;
    this.#state = context.workspaceState;
    context.subscriptions.push(
      { dispose: () => (this.#ended = true) },
      vscode.window.registerTerminalProfileProvider(PROFILE, {
        provideTerminalProfile: (token) => this.#provide(token),
      }),
      vscode.window.onDidOpenTerminal((terminal) => this.#opened(terminal)),
      vscode.window.onDidCloseTerminal((terminal) => this.#closed(terminal)),
      vscode.window.onDidChangeActiveTerminal(() => this.#focus()),
      vscode.window.onDidChangeWindowState(() => this.#focus()),
    );
    this.#listed = this.#list();
  }

  /** Show again what was open, and the tasks as soon as they have begun. */
  async restore() {
    await this.#listed;
    if (this.#waiting.length || this.#tasksSeen.length) {
      // from now on, not from the window's begin: on a busy machine all of that has passed before there is a list
      await Promise.race([this.#forPanel, pause(FOR_PANEL)]);
    }
    this.#waited = true;
    this.#tasksSeen = [];
    for (const one of this.#waiting.splice(0)) this.#show(one);
    const tasks = await this.#tasks();
    if (tasks) await this.#showTasks(tasks);
  }

  // --- what there is ---

  async #list() {
    const { document } = await ask("GET", "/v1/terminals");
    const all = document?.terminals ?? [];
    for (const one of all) this.#ends.set(one.id, one.end);
    this.#waiting = all.filter((one) => one.alive && one.annotations?.opener === OURS.opener);
    const seen = new Set(this.#state.get(SHOWN, []));
    const { document: told } = await ask("GET", "/v1/tasks");
    this.#tasksSeen = layout.panel(openTasks(told).filter((task) => seen.has(task.id))).flat();
  }

  async #tasks() {
    for (let count = 0; count < ASK_FOR && !this.#ended; count += 1) {
      const { document } = await ask("GET", "/v1/tasks");
      // settled: .gitpod.yml has been read, and its tasks have begun
      if (document?.settled) return document;
      await pause(ASK_EVERY);
    }
    return undefined;
  }

  // --- showing ---

  #terminalOf(id) {
    return vscode.window.terminals.find((terminal) => this.#idOf(terminal) === id);
  }

  #attach(one) {
    const dial = (target) => connect(vscode.env.appRoot, target);
    const attachment = new Attachment(one.id, dial, this.#ends.get(one.id));
    this.#attached.set(one.id, attachment);
    return attachment;
  }

  #options(one, location) {
    return {
      name: one.name || one.title || "terminal",
      pty: this.#attach(one),
      iconPath: new vscode.ThemeIcon(one.task ? "tasklist" : "terminal"),
      location,
    };
  }

  #show(one, location = vscode.TerminalLocation.Panel) {
    if (this.#attached.has(one.id)) return this.#terminalOf(one.id);
    return vscode.window.createTerminal(this.#options(one, location));
  }

  async #provide(token) {
    const byItself = this.#first && (!this.#waited || Date.now() - this.#began < BY_ITSELF);
    this.#first = false;
    await this.#listed;
    const found = this.#waiting.shift() ?? this.#tasksSeen.shift();
    this.#asked();
    const one = found ?? (await this.#make());
    if (token.isCancellationRequested) return undefined;
    this.#provided.set(one.id, byItself);
    return new vscode.TerminalProfile(this.#options(one));
  }

  async #make() {
    const opening = { annotations: OURS, env: askingGit(this.#context) };
    const { status, document } = await ask("POST", "/v1/terminals", opening);
    if (status === 200 || status === 201) return document;
    throw new Error(document?.detail || "The workspace does not answer. Try again in a moment.");
  }

  async #showTasks(told) {
    const open = openTasks(told);
    const shown = new Set(this.#state.get(SHOWN, []));
    const fresh = open.some((task) => !shown.has(task.id));
    let first;
    for (const tab of layout.panel(open)) {
      let before;
      for (const task of tab) {
        const location = before ? { parentTerminal: before } : vscode.TerminalLocation.Panel;
        before = this.#show(task, location);
        first ??= before;
      }
    }
    // a panel that a person has closed stays closed
    if (fresh) first?.show(true);
    for (const { task, group } of layout.editors(open.filter((one) => !this.#attached.has(one.id)))) {
      if (group) await vscode.commands.executeCommand(NEW_GROUP[group]);
      const place = { viewColumn: vscode.ViewColumn.Active, preserveFocus: true };
      this.#show(task, place);
    }
    await this.#state.update(SHOWN, told.tasks.map((task) => task.id));
    for (const fault of told.faults.slice(0, 3)) {
      const place = fault.field ? `, ${fault.field}` : "";
      const file = fault.file || told.file;
      vscode.window.showWarningMessage(`${file} line ${fault.line}${place}: ${fault.cause}`);
    }
  }

  // --- following ---

  #idOf(terminal) {
    const pty = terminal?.creationOptions && "pty" in terminal.creationOptions ? terminal.creationOptions.pty : undefined;
    return pty instanceof Attachment ? pty.id : undefined;
  }

  #focus() {
    const active = vscode.window.state.focused ? this.#idOf(vscode.window.activeTerminal) : undefined;
    for (const [id, attachment] of this.#attached) attachment.focus(id === active);
  }

  /** VS Code brings forward what was last before this one was there. */
  #opened(terminal) {
    const id = this.#idOf(terminal);
    if (!this.#provided.has(id)) return;
    terminal.show(this.#provided.get(id));
    this.#provided.delete(id);
  }

  async #closed(terminal) {
    const id = this.#idOf(terminal);
    if (!id) return;
    this.#attached.delete(id);
    // a window that goes away closes its terminals too, and so does a shell that has ended
    if (terminal.exitStatus?.reason === vscode.TerminalExitReason.User) {
      await ask("DELETE", `/v1/terminals/${encodeURIComponent(id)}`);
    }
  }
}

module.exports = { Terminals };
