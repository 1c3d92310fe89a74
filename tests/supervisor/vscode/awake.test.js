// Who uses the editor, and who is warned: the extension in a window, here one of ours.
const assert = require("node:assert");
const fs = require("node:fs");
const http = require("node:http");
const Module = require("node:module");
const os = require("node:os");
const path = require("node:path");
const { after, before, beforeEach, test } = require("node:test");

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "socket-"));
process.env.PODIUM_LOCAL_SOCKET = path.join(folder, "gp.sock");

let asked, left, warnings, answer, item;
const commands = new Map();
const window = {
  state: {},
  createStatusBarItem: () => (item = { shown: false, show: () => (item.shown = true), hide: () => (item.shown = false) }),
  onDidChangeWindowState: () => ({ dispose() {} }),
  setStatusBarMessage: () => {},
  showWarningMessage: async (text) => {
    warnings.push(text);
    return answer;
  },
};
const vscode = {
  window,
  commands: { registerCommand: (name, act) => (commands.set(name, act), { dispose() {} }) },
  StatusBarAlignment: { Left: 1 },
  ThemeColor: class {},
};
const load = Module._load;
Module._load = (name, ...rest) => (name === "vscode" ? vscode : load(name, ...rest));
const { Awake } = require("../../../supervisor/vscode/awake");

const server = http.createServer((request, reply) => {
  asked.push(`${request.method} ${request.url}`);
  request.resume().on("end", () => reply.end(JSON.stringify({ timeout: "30m", left })));
});
let awake;
const subscriptions = [];
before(async () => {
  await new Promise((resolve) => server.listen(process.env.PODIUM_LOCAL_SOCKET, resolve));
  awake = new Awake({ subscriptions });
});
after(() => {
  for (const one of subscriptions) one.dispose?.();
  server.close();
});
beforeEach(() => {
  asked = [];
  warnings = [];
  left = 1800;
  answer = undefined;
});

test("a window that is left open is no use of the workspace", async () => {
  for (const state of [{ focused: true, active: false }, { focused: false, active: true }, { focused: false, active: false }]) {
    window.state = state;
    await awake.look();
  }
  assert.deepEqual(asked, Array(3).fill("GET /v1/timeout"));
  assert.equal(item.shown, false);
});

test("keys and pointer in a window in front are", async () => {
  window.state = { focused: true, active: true };
  await awake.look();
  assert.deepEqual(asked, ["POST /v1/active", "GET /v1/timeout"]);
});

test("a stop that is near is told once, and stands in the bar as long as it is near", async () => {
  window.state = { focused: false, active: false };
  left = 200;
  await awake.look();
  await awake.look();
  assert.equal(warnings.length, 1);
  assert.match(warnings[0], /stops in 4 min/);
  assert.deepEqual([item.shown, item.text], [true, "$(clock) Stops in 4 min"]);
  left = 1800;
  await awake.look();
  assert.equal(item.shown, false);
});

test("without an end nothing is told", async () => {
  left = null;
  await awake.look();
  assert.deepEqual([warnings, item.shown], [[], false]);
});

test("the warning's answer keeps it, and so does the command", async () => {
  window.state = { focused: false, active: false };
  left = 200;
  answer = "Extend to 3 hours";
  const extended = () => asked.filter((one) => one === "POST /v1/timeout/extend").length;
  await awake.look();
  while (extended() < 1) await new Promise(setImmediate);
  await commands.get("podium.extendTimeout")();
  assert.equal(extended(), 2);
});
