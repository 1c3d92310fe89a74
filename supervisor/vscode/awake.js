// Until when the workspace runs: the supervisor hears of keys and pointer, the person of a stop that is near.
const vscode = require("vscode");
const { ask } = require("./supervisor");
const { minutes, readTimeout } = require("./words");

const BEAT_EVERY = 15000; // ms; the supervisor counts one in 30 s
const WARN_BEFORE = 300; // s

const KEEP = "Keep running";
const EXTEND = "Extend to 3 hours";
const COMMANDS = {
  keep: "podium.keepRunning",
  extend: "podium.extendTimeout",
  set: "podium.setTimeout",
  stop: "podium.stop",
};

/** @returns {Promise<boolean>} whether it was done; if not, the person has been told why */
async function done(method, target, document) {
  const { status, document: answer } = await ask(method, target, document);
  if (status >= 200 && status < 300) return true;
  if (status === 404 || status === 405) {
    await onThePage();
    return false;
  }
  vscode.window.showErrorMessage(answer?.detail || "The workspace does not answer. Try again in a moment.");
  return false;
}

/** What no program inside may do, a person does on the workspace's page. */
async function onThePage() {
  const OPEN = "Open its page";
  const said = await vscode.window.showInformationMessage("This is done on the workspace's page.", OPEN);
  const { GITPOD_HOST: host, GITPOD_WORKSPACE_ID: id } = process.env;
  if (said === OPEN) await vscode.env.openExternal(vscode.Uri.parse(`${host}/workspaces/${id}`));
}

class Awake {
  #item;
  #warned = false;

  /** @param {vscode.ExtensionContext} context */
  constructor(context) {
    // a message goes away by itself; the clock in the status bar stays as long as it is true
    const item = vscode.window.createStatusBarItem(COMMANDS.keep, vscode.StatusBarAlignment.Left, 1000);
    item.name = "Podium: time until this workspace stops";
    item.command = COMMANDS.keep;
    item.backgroundColor = new vscode.ThemeColor("statusBarItem.warningBackground");
    item.tooltip = "Nobody uses this workspace. Click to keep it running.";
    this.#item = item;
    const timer = setInterval(() => this.look(), BEAT_EVERY);
    const command = (name, act) => vscode.commands.registerCommand(name, act);
    context.subscriptions.push(
      item,
      { dispose: () => clearInterval(timer) },
      vscode.window.onDidChangeWindowState((state) => state.active && this.look()),
      command(COMMANDS.keep, () => this.#choose()),
      command(COMMANDS.extend, () => this.#answer(EXTEND)),
      command(COMMANDS.set, () => this.#set()),
      command(COMMANDS.stop, () => stop()),
    );
  }

  /** Tell of use, and look how long it still runs. */
  async look() {
    const { focused, active } = vscode.window.state;
    if (focused && active) await ask("POST", "/v1/active", { activity: "ide" });
    const { status, document: told } = await ask("GET", "/v1/timeout");
    if (status !== 200) return;
    const near = told.left !== null && told.left < WARN_BEFORE;
    if (near) {
      this.#item.text = `$(clock) Stops in ${minutes(told.left)}`;
      this.#item.show();
    } else this.#item.hide();
    if (near && !this.#warned) this.#warn(told.left);
    this.#warned = near;
  }

  async #warn(left) {
    const text = `This workspace stops in ${minutes(left)}: nobody uses it. Its files are kept.`;
    await this.#answer(await vscode.window.showWarningMessage(text, KEEP, EXTEND));
  }

  async #choose() {
    const items = [
      { label: KEEP, description: "as if you had used it just now" },
      { label: EXTEND, description: "it stops when nobody has used it for so long" },
    ];
    const chosen = await vscode.window.showQuickPick(items, { title: "This workspace" });
    await this.#answer(chosen?.label);
  }

  async #answer(said) {
    if (said === KEEP) await done("POST", "/v1/active", { activity: "person" });
    if (said === EXTEND && (await done("POST", "/v1/timeout/extend"))) {
      vscode.window.setStatusBarMessage("$(clock) Runs three hours without use", 5000);
    }
    if (said) await this.look();
  }

  async #set() {
    const { document } = await ask("GET", "/v1/timeout");
    const wished = await vscode.window.showInputBox({
      title: "How long may this workspace run while nobody uses it?",
      prompt: "Such as 30m, 2h or 1h30m; none: until somebody stops it",
      value: document?.timeout,
      validateInput: readTimeout,
    });
    if (wished && (await done("PUT", "/v1/timeout", { timeout: wished.trim().toLowerCase() }))) await this.look();
  }
}

async function stop() {
  const sure = { modal: true, detail: "Its files are kept, and every process in it ends." };
  const STOP = "Stop";
  if ((await vscode.window.showWarningMessage("Stop this workspace?", sure, STOP)) !== STOP) return;
  await done("POST", "/v1/stop");
}

module.exports = { Awake, done };
