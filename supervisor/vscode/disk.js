// A disk that fills up: said once for each level, and again only when there was room in between.
const vscode = require("vscode");
const { ask } = require("./supervisor");

const LOOK_EVERY = 30000; // ms

const LIST = "Show what takes most";

class Disk {
  #told = 0;

  /** @param {vscode.ExtensionContext} context */
  constructor(context) {
    const timer = setInterval(() => this.look(), LOOK_EVERY);
    context.subscriptions.push({ dispose: () => clearInterval(timer) });
  }

  /** Look once. */
  async look() {
    const { status, document: found } = await ask("GET", "/v1/resources");
    if (status !== 200) return;
    const { level, text } = found.disk;
    const news = level > this.#told;
    this.#told = level;
    if (!news) return;
    if ((await vscode.window.showWarningMessage(text, LIST)) !== LIST) return;
    const { GITPOD_HOST: host, GITPOD_WORKSPACE_ID: id } = process.env;
    await vscode.env.openExternal(vscode.Uri.parse(`${host}/workspaces/${id}`));
  }
}

module.exports = { Disk };
