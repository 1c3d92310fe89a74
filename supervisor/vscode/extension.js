// Shows each task's terminal in VS Code. The terminals are the supervisor's and outlive the
// window, so VS Code is told not to keep them: every window attaches anew.
const http = require("node:http");
const vscode = require("vscode");

const SOCKET = process.env.PODIUM_LOCAL_SOCKET || "/run/podium/gp.sock";
const GP = "/.supervisor/bin/gp";
const ASK_EVERY = 500; // ms
const ASK_FOR = 120; // times: tasks may begin after the window has opened

function ask(path) {
  return new Promise((resolve) => {
    const failed = () => resolve(undefined);
    const request = http.get({ socketPath: SOCKET, path, timeout: 5000 }, (answer) => {
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

async function activate(context) {
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
