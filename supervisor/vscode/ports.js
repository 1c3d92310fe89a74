// What listens in the workspace: a view of it with actions, and what happens when something new does.
const vscode = require("vscode");
const { done } = require("./awake");
const { News, action, described, titled, news, told } = require("./listening");
const { follow } = require("./supervisor");

const VIEW = "podium.ports";
const OPEN = "Open in browser";
const PREVIEW = "Open preview";
const PUBLIC = "Make public";
const TOLD = "ports.told";

class Ports {
  #rows = [];
  #news;
  #state;
  #changed = new vscode.EventEmitter();
  #view;
  onDidChangeTreeData = this.#changed.event;

  /** @param {vscode.ExtensionContext} context */
  constructor(context) {
    this.#state = context.workspaceState;
    this.#news = new News(process.env.GITPOD_INSTANCE_ID ?? "", this.#state.get(TOLD));
    this.#view = vscode.window.createTreeView(VIEW, { treeDataProvider: this });
    const command = (name, act) => vscode.commands.registerCommand(`podium.ports.${name}`, act);
    context.subscriptions.push(
      this.#view,
      this.#changed,
      follow("/v1/ports", (document) => this.take(document.ports)),
      command("openBrowser", (row) => this.#chosen(row, openBrowser)),
      command("openPreview", (row) => this.#chosen(row, openPreview)),
      command("copyUrl", (row) => this.#chosen(row, (one) => vscode.env.clipboard.writeText(one.url))),
      command("makePublic", (row) => this.#chosen(row, (one) => expose(one, "public"))),
      command("makePrivate", (row) => this.#chosen(row, (one) => expose(one, "private"))),
    );
  }

  /** Take in what the supervisor tells. */
  take(ports) {
    this.#rows = ports;
    this.#changed.fire(undefined);
    const served = ports.filter((row) => row.served).length;
    const tooltip = served === 1 ? "1 port is served" : `${served} ports are served`;
    this.#view.badge = served ? { value: served, tooltip } : undefined;
    for (const row of this.#news.take(ports)) tell(row);
    this.#state.update(TOLD, this.#news.kept);
  }

  // --- as VS Code's tree asks for it ---

  getChildren(row) {
    return row ? [] : this.#rows;
  }

  getTreeItem(row) {
    const item = new vscode.TreeItem(titled(row));
    item.id = String(row.port);
    item.description = described(row);
    item.tooltip = told(row);
    item.accessibilityInformation = { label: `${item.label}, ${item.description}` };
    item.contextValue = `${row.served ? "served" : "waiting"} ${row.visibility}`;
    const color = row.served ? new vscode.ThemeColor("charts.green") : undefined;
    item.iconPath = new vscode.ThemeIcon(row.served ? (row.visibility === "public" ? "globe" : "lock") : "circle-outline", color);
    if (row.served) item.command = { command: "podium.ports.openBrowser", title: OPEN, arguments: [row] };
    return item;
  }

  /** From the palette there is no row yet. */
  async #chosen(row, act) {
    const one = row ?? (await this.#ask());
    if (one) await act(one);
  }

  async #ask() {
    const items = this.#rows.map((row) => ({ label: titled(row), description: described(row), row }));
    if (items.length === 0) {
      vscode.window.showInformationMessage("Nothing listens in this workspace yet.");
      return undefined;
    }
    return (await vscode.window.showQuickPick(items, { title: "Port" }))?.row;
  }
}

const openBrowser = (row) => vscode.env.openExternal(vscode.Uri.parse(row.url));
const openPreview = (row) => preview(row.url);

/** Show an address beside the editor; one of localhost is the port's own by then. @param {string} url */
async function preview(url) {
  const address = await vscode.env.asExternalUri(vscode.Uri.parse(url));
  const options = { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true };
  await vscode.commands.executeCommand("simpleBrowser.api.open", address, options);
}

async function expose(row, visibility) {
  await done("PUT", `/v1/ports/${row.port}`, { visibility });
}

async function tell(row) {
  const what = action(row, vscode.window.state.focused);
  if (what === "open-browser") await openBrowser(row);
  if (what === "open-preview") await openPreview(row);
  else if (what) {
    const buttons = [OPEN, PREVIEW, ...(row.visibility === "public" ? [] : [PUBLIC])];
    const said = await vscode.window.showInformationMessage(news(row, what), ...buttons);
    if (said === OPEN) await openBrowser(row);
    if (said === PREVIEW) await openPreview(row);
    if (said === PUBLIC) await expose(row, "public");
  }
}

module.exports = { Ports, preview };
