// What programs in the workspace ask of the editor: `gp open`, `gp preview`, and VS Code's own command `code`.
const fs = require("node:fs");
const vscode = require("vscode");
const { link } = require("./places");
const { preview } = require("./ports");
const { ask, follow } = require("./supervisor");

class Programs {
  #id = `${process.pid}-${Math.random().toString(36).slice(2)}`;
  #waiting = new Map(); // path → numbers of who waits until it is closed

  /** @param {vscode.ExtensionContext} context */
  constructor(context) {
    context.subscriptions.push(
      follow(`/v1/ide/events?window=${this.#id}`, (asked) => this.#take(asked)),
      vscode.window.tabGroups.onDidChangeTabs((change) => change.closed.forEach((tab) => this.#closed(tab))),
      vscode.window.onDidChangeWindowState((state) => state.focused && this.#used(context)),
    );
    link(context);
  }

  /** This window is the one that a person looks at. */
  #used(context) {
    ask("POST", "/v1/ide/used", { window: this.#id });
    link(context);
  }

  async #take(asked) {
    const { number } = asked;
    let fault = "";
    try {
      if (asked.preview) await this.#preview(asked.preview, asked.external);
      else if (await this.#open(asked)) return;
    } catch (error) {
      fault = error.message || String(error);
    }
    await ask("POST", "/v1/ide/done", { number, fault });
  }

  async #preview(url, external) {
    if (external) await vscode.env.openExternal(vscode.Uri.parse(url));
    else await preview(url);
  }

  /** @returns {Promise<boolean>} whether somebody waits until it is closed */
  async #open(asked) {
    for (const file of asked.paths) {
      const uri = vscode.Uri.file(file);
      if (await isFolder(file)) {
        await vscode.commands.executeCommand("vscode.openFolder", uri, { forceNewWindow: true });
        continue;
      }
      // before it opens: a tab that is closed at once must not be missed
      if (asked.wait) this.#wait(uri.path, asked.number);
      const options = { preview: false, preserveFocus: false };
      await vscode.commands.executeCommand("vscode.open", await existing(uri), options);
    }
    return this.#waits(asked.number);
  }

  #wait(place, number) {
    if (!this.#waiting.has(place)) this.#waiting.set(place, new Set());
    this.#waiting.get(place).add(number);
  }

  #waits(number) {
    return [...this.#waiting.values()].some((numbers) => numbers.has(number));
  }

  async #closed(tab) {
    const uri = tab.input?.uri;
    if (!uri || isOpen(uri.path)) return;
    const numbers = this.#waiting.get(uri.path) ?? new Set();
    this.#waiting.delete(uri.path);
    for (const number of numbers) {
      if (!this.#waits(number)) await ask("POST", "/v1/ide/done", { number, fault: "" });
    }
  }
}

/** A file that is not there yet opens as one to be saved there. */
const existing = async (uri) => (fs.existsSync(uri.fsPath) ? uri : uri.with({ scheme: "untitled" }));

async function isFolder(file) {
  return fs.existsSync(file) && fs.statSync(file).isDirectory();
}

/** Saved for the first time, a file is another tab than before. */
function isOpen(place) {
  const tabs = vscode.window.tabGroups.all.flatMap((group) => group.tabs);
  return tabs.some((tab) => tab.input?.uri?.path === place);
}

module.exports = { Programs };
