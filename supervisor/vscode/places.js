// Where programs in terminals find the window that was used last: they are not VS Code's children, and outlive it.
const fs = require("node:fs");
const path = require("node:path");
const vscode = require("vscode");
const { pathOf } = require("./unixsockets");

const GIT = /\/vscode-git-[0-9a-f]+\.sock$/;

/** <data>/data/User/globalStorage/podium.podium → <data> @param {vscode.ExtensionContext} context */
const dataFolder = (context) => path.resolve(context.globalStorageUri.fsPath, "../../../..");

/**
 * Lead `code` and git's questions to this window. VSCODE_IPC_HOOK_CLI names the first place in every terminal.
 * @param {vscode.ExtensionContext} context
 */
async function link(context) {
  const folder = dataFolder(context);
  await point(path.join(folder, "cli.sock"), process.env.VSCODE_IPC_HOOK_CLI);
  await point(path.join(folder, "git.sock"), await ofGit());
}

/** VS Code's own part for git listens in this very process, under a name that it tells nobody. */
async function ofGit() {
  try {
    await vscode.extensions.getExtension("vscode.git")?.activate(); // which it does anyway: it listens then
    const held = await fs.promises.readdir("/proc/self/fd");
    const targets = held.map((one) => fs.promises.readlink(`/proc/self/fd/${one}`).catch(() => ""));
    return pathOf(await fs.promises.readFile("/proc/net/unix", "utf8"), await Promise.all(targets), GIT);
  } catch {
    return undefined;
  }
}

async function point(place, socket) {
  if (!socket) return;
  const fresh = `${place}.${process.pid}`;
  try {
    await fs.promises.rm(fresh, { force: true });
    await fs.promises.symlink(socket, fresh);
    await fs.promises.rename(fresh, place);
  } catch {
    // a home that cannot be written: `code` says that it finds no window, git asks in the terminal
  }
}

/**
 * What lets git in a new terminal ask in the window; nothing where a person does not want that.
 * @param {vscode.ExtensionContext} context
 * @returns {Record<string, string>}
 */
function askingGit(context) {
  if (!vscode.workspace.getConfiguration("git").get("terminalAuthentication", true)) return {};
  const scripts = path.join(vscode.env.appRoot, "extensions/git/dist");
  return {
    GIT_ASKPASS: path.join(scripts, "askpass.sh"),
    VSCODE_GIT_ASKPASS_NODE: process.execPath,
    VSCODE_GIT_ASKPASS_EXTRA_ARGS: "",
    VSCODE_GIT_ASKPASS_MAIN: path.join(scripts, "askpass-main.js"),
    VSCODE_GIT_IPC_HANDLE: path.join(dataFolder(context), "git.sock"),
  };
}

module.exports = { dataFolder, link, askingGit };
