// Speaking to the supervisor, here a server of ours on a socket.
const assert = require("node:assert");
const fs = require("node:fs");
const http = require("node:http");
const os = require("node:os");
const path = require("node:path");
const { after, before, test } = require("node:test");

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "socket-"));
process.env.PODIUM_LOCAL_SOCKET = path.join(folder, "gp.sock");
const { ask, follow, reader } = require("../../../supervisor/vscode/supervisor");

let streams = 0;
const server = http.createServer((request, answer) => {
  if (request.url === "/v1/stream") {
    answer.writeHead(200, { "Content-Type": "text/event-stream" });
    streams += 1;
    answer.end(`data: {"stream":${streams}}\n\n`);
    return;
  }
  let body = "";
  request.on("data", (part) => (body += part));
  request.on("end", () => {
    if (request.url === "/v1/nothing") answer.writeHead(204).end();
    else answer.writeHead(request.url === "/v1/no" ? 409 : 200).end(JSON.stringify({ method: request.method, body }));
  });
});
before(() => new Promise((resolve) => server.listen(process.env.PODIUM_LOCAL_SOCKET, resolve)));
after(() => server.close());

test("a document goes there, and one comes back", async () => {
  const answer = { status: 200, document: { method: "POST", body: '{"a":"ä"}' } };
  assert.deepEqual(await ask("POST", "/v1/x", { a: "ä" }), answer);
  assert.equal((await ask("GET", "/v1/no")).status, 409);
  assert.deepEqual(await ask("DELETE", "/v1/nothing"), { status: 204, document: undefined });
});

test("a stream that ends is followed again", async () => {
  const seen = [];
  await new Promise((resolve) => {
    const following = follow("/v1/stream", (document) => {
      seen.push(document.stream);
      if (seen.length === 2) {
        following.dispose();
        resolve();
      }
    });
  });
  assert.deepEqual(seen, [1, 2]);
});

test("events are read wherever pieces end, comments are none", () => {
  const seen = [];
  const take = reader((document) => seen.push(document));
  for (const piece of [":\n\ndata: {\"a\"", ":1}\n", "\ndata: 2\n\n:\n\n"]) take(piece);
  assert.deepEqual(seen, [{ a: 1 }, 2]);
});
