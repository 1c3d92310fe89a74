// Installing one extension, from the gallery, an address or a file.
const { execFile } = require("node:child_process");
const fs = require("node:fs");
const os = require("node:os");
const path = require("node:path");
const { pipeline } = require("node:stream/promises");
const { Readable, Transform } = require("node:stream");
const vscode = require("vscode");
const { reason } = require("./wanted");
const { check, tooLarge, MOST } = require("./vsix");

const PATIENCE = 600000; // ms for one
const IN_THE_BACKGROUND = 10; // niceness

/**
 * Return why it could not be installed; nothing when it is there.
 * @param {{wanted: string} | {url: string} | {file: string}} one
 * @param {string} data VS Code's folder in the home
 */
async function installOne(one, data) {
  let fetched = "";
  try {
    if (one.url) fetched = await download(one.url);
    const file = fetched || one.file;
    if (file) await look(file);
    await byCommand(one.wanted || file, data);
    return "";
  } catch (error) {
    return reason(error);
  } finally {
    if (fetched) fs.rmSync(path.dirname(fetched), { recursive: true, force: true });
  }
}

/** Return what a file is; throws an Error for people. */
const look = (file) => check(file, require(path.join(vscode.env.appRoot, "node_modules/yauzl")));

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
  const place = emptyFile();
  let size = 0;
  const bounded = new Transform({
    transform(piece, _encoding, next) {
      size += piece.length;
      next(size > MOST ? new Error(tooLarge(MOST)) : null, piece);
    },
  });
  try {
    await pipeline(Readable.fromWeb(answer.body), bounded, fs.createWriteStream(place));
  } catch (error) {
    fs.rmSync(path.dirname(place), { recursive: true, force: true });
    throw error;
  }
  return place;
}

/** Return the name of a file that nobody else has, in a folder of its own. */
const emptyFile = () => path.join(fs.mkdtempSync(path.join(os.tmpdir(), "podium-")), "extension.vsix");

module.exports = { installOne, emptyFile };
