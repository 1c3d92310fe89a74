// The extensions that .gitpod.yml and devcontainer.json ask for: installed once, in the background.
const fs = require("node:fs");
const path = require("node:path");
const vscode = require("vscode");
const { installOne } = require("./installing");
const { dataFolder } = require("./places");
const { ask } = require("./supervisor");
const { classify } = require("./wanted");

const TOLD = "extensions.told";
const AGAIN = 5000; // ms: a server of the workspace listens by then, and what another window has begun is done
const NO_NAME = "it is neither publisher.name nor the address of a .vsix";
const SHOW = "Show them";

/** @param {vscode.ExtensionContext} context */
async function install(context) {
  const { document } = await ask("GET", "/v1/ide");
  const asked = document?.extensions ?? [];
  if (asked.length === 0) return;
  // on disk, not in the browser: what a person has removed stays away in every browser
  const place = path.join(context.globalStorageUri.fsPath, "tried.json");
  const tried = new Set(await read(place));
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? "/workspace";
  let failed = [];
  for (const pause of [0, AGAIN]) {
    const left = asked.filter((one) => !tried.has(one));
    if (left.length === 0) return;
    await new Promise((resolve) => setTimeout(resolve, pause));
    failed = [];
    for (const text of left) {
      const one = classify(text, folder);
      let why = NO_NAME;
      if (one) why = isThere(one) ? "" : await installOne(one, dataFolder(context));
      if (why) failed.push({ text, why });
      else tried.add(text);
      await write(place, [...tried]);
    }
  }
  await tell(context, failed);
}

const isThere = (one) => Boolean(one.id && vscode.extensions.getExtension(one.id));

async function read(place) {
  try {
    return JSON.parse(await fs.promises.readFile(place, "utf8"));
  } catch {
    return [];
  }
}

async function write(place, document) {
  try {
    await fs.promises.mkdir(path.dirname(place), { recursive: true });
    await fs.promises.writeFile(place, JSON.stringify(document));
  } catch {
    // a home that cannot be written: the next window tries again
  }
}

/** Once in each start of the workspace; every window tries again. */
async function tell(context, all) {
  const start = process.env.GITPOD_INSTANCE_ID;
  const told = context.workspaceState.get(TOLD);
  const before = new Set(told?.start === start ? told.texts : []);
  const failed = all.filter((one) => !before.has(one.text));
  if (failed.length === 0) return;
  await context.workspaceState.update(TOLD, { start, texts: all.map((one) => one.text) });
  const [{ text, why }] = failed;
  const more = failed.length > 1 ? ` and ${failed.length - 1} more` : "";
  const said = `Not installed: ${text}${more}, which the repository asks for: ${why}. Everything else works.`;
  const chosen = await vscode.window.showWarningMessage(said, ...(failed.length > 1 ? [SHOW] : []));
  if (chosen !== SHOW) return;
  const lines = failed.map((one) => `${one.text}: ${one.why}`);
  await vscode.window.showTextDocument(await vscode.workspace.openTextDocument({ content: lines.join("\n") }));
}

module.exports = { install };
