// "Install Extension from This Computer…": a page that takes .vsix files in, piece by piece, and tells what became of each.
const fs = require("node:fs");
const path = require("node:path");
const vscode = require("vscode");
const { emptyFile, installOne } = require("./installing");
const { dataFolder } = require("./places");
const { tooLarge, MOST_FROM_COMPUTER } = require("./vsix");

const COMMAND = "podium.installFromComputer";

class Upload {
  #panel;
  #context;

  /** @param {vscode.ExtensionContext} context */
  constructor(context) {
    this.#context = context;
    context.subscriptions.push(vscode.commands.registerCommand(COMMAND, () => this.#show()));
  }

  #show() {
    if (this.#panel) return this.#panel.reveal();
    const media = vscode.Uri.joinPath(this.#context.extensionUri, "media");
    const options = { enableScripts: true, localResourceRoots: [media], retainContextWhenHidden: true };
    const panel = vscode.window.createWebviewPanel("podiumUpload", "Install Extension", vscode.ViewColumn.Active, options);
    const { webview } = panel;
    const receiver = new Receiver((message) => webview.postMessage(message), dataFolder(this.#context));
    panel.onDidDispose(() => {
      this.#panel = undefined;
      receiver.drop();
    });
    webview.onDidReceiveMessage((message) => receiver.take(message));
    const file = (name) => webview.asWebviewUri(vscode.Uri.joinPath(media, name));
    webview.html = page(webview.cspSource, file("upload.css"), file("upload.js"));
    this.#panel = panel;
  }
}

/** One file at a time: `begin`, as many `piece` as it has, `end`. Each is answered, so that the next may come. */
class Receiver {
  #say;
  #data;
  #place = "";
  #size = 0;

  constructor(say, data) {
    this.#say = say;
    this.#data = data;
  }

  async take({ kind, name, bytes }) {
    try {
      if (kind === "begin") this.#begin();
      if (kind === "piece") this.#add(Buffer.from(bytes));
      if (kind === "end") return await this.#install(name);
      this.#say({ kind: "more" });
    } catch (error) {
      this.drop();
      this.#say({ kind: "done", why: error.message });
    }
  }

  #begin() {
    this.drop();
    this.#place = emptyFile();
    this.#size = 0;
  }

  #add(piece) {
    this.#size += piece.length;
    if (this.#size > MOST_FROM_COMPUTER) throw new Error(tooLarge(MOST_FROM_COMPUTER));
    fs.appendFileSync(this.#place, piece);
  }

  async #install() {
    const why = await installOne({ file: this.#place }, this.#data);
    this.drop();
    this.#say({ kind: "done", why });
  }

  drop() {
    if (this.#place) fs.rmSync(path.dirname(this.#place), { recursive: true, force: true });
    this.#place = "";
  }
}

const page = (source, style, script) => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src ${source}; script-src ${source}">
<link rel="stylesheet" href="${style}">
<title>Install Extension</title>
</head>
<body>
<main>
<h1>Install an extension from a file</h1>
<p>Choose <code>.vsix</code> files of this computer. They are installed in this workspace; no gallery is asked.</p>
<label class="place"><input type="file" accept=".vsix" multiple><span class="button">Choose files…</span><span>or drop them here, at most ${MOST_FROM_COMPUTER / 1e6} MB each</span></label>
<ul aria-live="polite"></ul>
</main>
<script src="${script}"></script>
</body>
</html>`;

module.exports = { Upload };
