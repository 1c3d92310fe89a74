// The extensions that .gitpod.yml and devcontainer.json ask for: installed once, in the background.
const { execFile } = require("node:child_process");
const fs = require("node:fs");
const os = require("node:os");
const path = require("node:path");
const { pipeline } = require("node:stream/promises");
const { Readable, Transform } = require("node:stream");
const vscode = require("vscode");
const { dataFolder } = require("./places");
const { ask } = require("./supervisor");
const { classify, reason } = require("./wanted");

const MOST = 500e6; // bytes of a file that is fetched
const TOLD = "extensions.told";
const NO_NAME = "it is neither publisher.name nor the address of a .vsix";
const PATIENCE = 600000; // ms for one
const IN_THE_BACKGROUND = 10; // niceness
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
  const failed = [];
  for (const text of asked.filter((one) => !tried.has(one))) {
    const one = classify(text, folder);
    let why = NO_NAME;
    if (one) why = isThere(one) ? "" : await installOne(one, dataFolder(context));
    if (why) failed.push({ text, why });
    else tried.add(text);
    await write(place, [...tried]);
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

async function installOne(one, data) {
  let fetched = "";
  try {
    if (one.url) fetched = await download(one.url);
    await byCommand(one.wanted || fetched || one.file, data);
    return "";
  } catch (error) {
    return reason(error);
  } finally {
    if (fetched) fs.rmSync(path.dirname(fetched), { recursive: true, force: true });
  }
}

/**
 * By the command of VS Code's server, as a person would: a window asks about each publisher, and cannot reach
 * every gallery. The server sees what is new by itself.
 */
function byCommand(what, data) {
  const environment = Object.entries(process.env).filter(([name]) => !name.startsWith("VSCODE_"));
  const words = [
    path.join(vscode.env.appRoot, "out/server-main.js"),
    ...["--install-extension", what, "--server-data-dir", data],
    ...["--accept-server-license-terms", "--telemetry-level=off"],
  ];
  return new Promise((resolve, reject) => {
    const options = { env: Object.fromEntries(environment), timeout: PATIENCE };
    const child = execFile(process.execPath, words, options, (error, _said, complaint) => {
      if (error) reject(new Error(complaint || error.message));
      else resolve();
    });
    if (child.pid) os.setPriority(child.pid, IN_THE_BACKGROUND);
  });
}

async function download(url) {
  const answer = await fetch(url, { signal: AbortSignal.timeout(300000) });
  if (!answer.ok) throw new Error(`${url} answers ${answer.status}`);
  const place = path.join(fs.mkdtempSync(path.join(os.tmpdir(), "podium-")), "extension.vsix");
  let size = 0;
  const bounded = new Transform({
    transform(piece, _encoding, next) {
      size += piece.length;
      next(size > MOST ? new Error("is larger than 500 MB") : null, piece);
    },
  });
  await pipeline(Readable.fromWeb(answer.body), bounded, fs.createWriteStream(place));
  return place;
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
