// A disk that fills up is said once for each level, in a window of ours.
const assert = require("node:assert");
const fs = require("node:fs");
const http = require("node:http");
const Module = require("node:module");
const os = require("node:os");
const path = require("node:path");
const { after, before, test } = require("node:test");

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "socket-"));
process.env.PODIUM_LOCAL_SOCKET = path.join(folder, "gp.sock");
process.env.GITPOD_HOST = "https://podium.example";
process.env.GITPOD_WORKSPACE_ID = "amber-otter-4k2hw9xz1q";

let level = 0;
let answer;
const warnings = [];
const opened = [];
const vscode = {
  window: {
    showWarningMessage: async (text) => {
      warnings.push(text);
      return answer;
    },
  },
  env: { openExternal: async (where) => opened.push(where) },
  Uri: { parse: (text) => text },
};
const load = Module._load;
Module._load = (name, ...rest) => (name === "vscode" ? vscode : load(name, ...rest));
const { Disk } = require("../../../supervisor/vscode/disk");

const server = http.createServer((request, reply) => {
  request.resume().on("end", () => reply.end(JSON.stringify({ disk: { level, text: `${level}%` } })));
});
let disk;
const subscriptions = [];
before(async () => {
  await new Promise((resolve) => server.listen(process.env.PODIUM_LOCAL_SOCKET, resolve));
  disk = new Disk({ subscriptions });
});
after(() => {
  for (const one of subscriptions) one.dispose();
  server.close();
});

test("each level is said once, and again after there was room", async () => {
  for (level of [0, 80, 80, 90, 95, 90, 0, 80]) await disk.look();
  assert.deepStrictEqual(warnings, ["80%", "90%", "95%", "80%"]);
  assert.deepStrictEqual(opened, []);
});

test("what takes most is on the workspace's page", async () => {
  answer = "Show what takes most";
  level = 95;
  await disk.look();
  assert.deepStrictEqual(opened, ["https://podium.example/workspaces/amber-otter-4k2hw9xz1q"]);
});
