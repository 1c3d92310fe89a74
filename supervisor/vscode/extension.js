// Keeps the workspace awake while its window is used, and shows each task's terminal in VS Code. The terminals are the supervisor's and outlive the
// window, so VS Code is told not to keep them: every window attaches anew.
const http = require("node:http");
const vscode = require("vscode");

const SOCKET = process.env.PODIUM_LOCAL_SOCKET || "/run/podium/gp.sock";
const GP = "/.supervisor/bin/gp";
const ASK_EVERY = 500; // ms
const ASK_FOR = 120; // times: tasks may begin after the window has opened

function ask(path, method = "GET", document = undefined) {
  return new Promise((resolve) => {
    const failed = () => resolve(undefined);
    const headers = document ? { "Content-Type": "application/json" } : {};
    const request = http.request({ socketPath: SOCKET, path, method, headers, timeout: 5000 }, (answer) => {
      const parts = [];
      answer.on("data", (part) => parts.push(part));
      answer.on("end", () => {
        try {
          resolve(answer.statusCode === 200 ? JSON.parse(Buffer.concat(parts)) : undefined);
        } catch {
          failed();
        }
      });
      answer.on("error", failed);
    });
    request.on("error", failed);
    request.on("timeout", () => request.destroy());
    request.end(document ? JSON.stringify(document) : undefined);
  });
}

function placeOf(task, before) {
  if (task.open_in === "main") return vscode.TerminalLocation.Editor;
  if (before && task.open_mode.startsWith("split")) return { parentTerminal: before };
  return vscode.TerminalLocation.Panel;
}

function show(tasks) {
  let before;
  for (const task of tasks.filter((one) => one.open)) {
    const terminal = vscode.window.createTerminal({
      name: task.name,
      shellPath: GP,
      shellArgs: ["tasks", "attach", task.id],
      isTransient: true,
      location: placeOf(task, before),
    });
    if (!before) terminal.show(true);
    before = terminal;
  }
}

// --- awake: the supervisor hears of keys and pointer, the person of a stop that is near ---
const BEAT_EVERY = 15000; // ms; the supervisor counts one in 30 s
const WARN_BEFORE = 300; // s

const KEEP = "Keep running";
const EXTEND = "Extend to 3 hours";
const COMMAND = "podium.keepRunning";

async function answer(said) {
  if (said === KEEP) await ask("/v1/active", "POST", { activity: "person" });
  if (said === EXTEND) await ask("/v1/timeout/extend", "POST");
}

const minutes = (left) => `${Math.max(1, Math.ceil(left / 60))} min`;

async function warn(left) {
  const text = `This workspace stops in ${minutes(left)}: nobody uses it. Its files are kept.`;
  await answer(await vscode.window.showWarningMessage(text, KEEP, EXTEND));
}

// A message goes away by itself; the clock in the status bar stays as long as it is true.
function clock() {
  const item = vscode.window.createStatusBarItem(COMMAND, vscode.StatusBarAlignment.Left, 1000);
  item.name = "Podium: time until this workspace stops";
  item.command = COMMAND;
  item.backgroundColor = new vscode.ThemeColor("statusBarItem.warningBackground");
  item.tooltip = "Nobody uses this workspace. Click to keep it running.";
  return item;
}

function keepAwake(context) {
  const item = clock();
  let warned = false;
  const look = async () => {
    const { focused, active } = vscode.window.state;
    if (focused && active) await ask("/v1/active", "POST", { activity: "ide" });
    const told = await ask("/v1/timeout");
    if (!told) return;
    const near = told.left !== null && told.left < WARN_BEFORE;
    if (near) {
      item.text = `$(clock) Stops in ${minutes(told.left)}`;
      item.show();
    } else item.hide();
    if (near && !warned) warn(told.left);
    warned = near;
  };
  const choose = async () => {
    await answer(await vscode.window.showQuickPick([KEEP, EXTEND], { title: "This workspace" }));
    await look();
  };
  const timer = setInterval(look, BEAT_EVERY);
  context.subscriptions.push(
    item,
    { dispose: () => clearInterval(timer) },
    vscode.commands.registerCommand(COMMAND, choose),
    vscode.window.onDidChangeWindowState((state) => state.active && look()),
  );
  look();
}

async function activate(context) {
  keepAwake(context);
  let ended = false;
  context.subscriptions.push({ dispose: () => (ended = true) });
  for (let count = 0; count < ASK_FOR && !ended; count += 1) {
    const told = await ask("/v1/tasks");
    // settled: .gitpod.yml has been read, and its tasks have begun
    if (told && told.settled) {
      if (told.tasks.length) show(told.tasks);
      for (const fault of told.faults.slice(0, 3)) {
        const place = fault.field ? `, ${fault.field}` : "";
        const text = `${told.file} line ${fault.line}${place}: ${fault.cause}`;
        vscode.window.showWarningMessage(text);
      }
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, ASK_EVERY));
  }
}

module.exports = { activate };
