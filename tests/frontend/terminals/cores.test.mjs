// What of the terminals' page needs no page: offsets, tabs, links, what is asked before a paste.
import assert from "node:assert/strict";
import test from "node:test";

globalThis.matchMedia = () => ({ matches: false });
const { Stream, ACKNOWLEDGE } = await import(`${process.env.PAGE}/stream.js`);
const { Composing } = await import(`${process.env.PAGE}/composing.js`);
const { Connection } = await import(`${process.env.PAGE}/connection.js`);
const { beside, idsOf, leaf, moved, restored, split, without } = await import(`${process.env.PAGE}/layout.js`);
const { cleaned, questioned } = await import(`${process.env.PAGE}/clipboard.js`);
const { absolute, filesIn, outside } = await import(`${process.env.PAGE}/links.js`);
const { described } = await import(`${process.env.PAGE}/watching.js`);

test("a list says where a terminal is, when it last said something and who watches", () => {
  const info = { cwd: "/workspace/demo", task: "Build", last_output_at: 60, viewers: [{ kind: "browser" }, { kind: "vscode" }, { kind: "browser" }] };
  const said = described(info, "npm", at => `at ${at}`);
  assert.equal(said, "npm · /workspace/demo · task Build · last output at 60 · watched by 2 browsers, VS Code");
  assert.equal(described({ viewers: [], last_output_at: null }, "sh", String), "sh");
});

test("who comes back asks for what follows the last byte", () => {
  const stream = new Stream();
  assert.equal(stream.wanted, null);
  assert.deepEqual(stream.hello({ offset: 100, life: "a" }), { fresh: false, missed: 0 });
  stream.received(50);
  assert.equal(stream.wanted, 150);
  assert.deepEqual(stream.hello({ offset: 150, life: "a" }), { fresh: false, missed: 0 });
  assert.deepEqual(stream.hello({ offset: 170, life: "a" }), { fresh: false, missed: 20 });
});

test("another life of the same id begins anew", () => {
  const stream = new Stream();
  stream.hello({ offset: 0, life: "a" });
  stream.received(10);
  assert.deepEqual(stream.hello({ offset: 0, life: "b" }), { fresh: true, missed: 0 });
  assert.equal(stream.wanted, 0);
});

test("a hole is counted, and what is drawn goes on behind it", () => {
  const stream = new Stream();
  stream.hello({ offset: 0, life: "a" });
  stream.received(10);
  assert.equal(stream.skipped(25), 15);
  stream.received(5);
  assert.equal(stream.shown(5), 30);
});

test("what is drawn is told at the end of the output, and on the way only now and then", () => {
  const stream = new Stream();
  stream.hello({ offset: 0, life: "a" });
  stream.received(ACKNOWLEDGE + 20);
  assert.equal(stream.shown(10), null);
  assert.equal(stream.shown(ACKNOWLEDGE - 10), ACKNOWLEDGE);
  assert.equal(stream.shown(20), ACKNOWLEDGE + 20);
  assert.equal(stream.shown(0), null);
});

test("a split in the same direction shares the half, in the other one it nests", () => {
  const two = split(leaf("a"), "a", "right", "b");
  assert.deepEqual(two, { way: "right", parts: [leaf("a"), leaf("b")], sizes: [1, 1] });
  const three = split(two, "b", "right", "c");
  assert.deepEqual(three.sizes, [1, 0.5, 0.5]);
  const nested = split(two, "b", "down", "c");
  assert.deepEqual(idsOf(nested), ["a", "b", "c"]);
  assert.deepEqual(without(nested, "c"), two);
  assert.equal(without(leaf("a"), "a"), null);
  assert.equal(beside(nested, "c", 1), "a");
  assert.deepEqual(moved([1, 2, 3], 0, 2), [2, 3, 1]);
});

test("what was kept fits what there is, whatever it was", () => {
  const kept = [split(leaf("a"), "a", "right", "gone"), leaf("b"), leaf("b")];
  assert.deepEqual(restored(kept, ["b", "a", "new"]), [leaf("a"), leaf("b"), leaf("new")]);
  for (const broken of [null, 7, "x", [null], [{ parts: [] }], [{ way: "up", parts: [leaf("a"), leaf("b")], sizes: [1, 1] }]])
    assert.deepEqual(restored(broken, ["a"]), [leaf("a")]);
});

test("a paste cannot end itself, and lines that would run are asked about", () => {
  assert.equal(cleaned("a\r\nb\x1b[201~\x03c\u009b\td"), "a\nb[201~c\td");
  assert.equal(questioned("one line\n", false), false);
  assert.equal(questioned("one\ntwo", false), true);
  assert.equal(questioned("one\ntwo\n", true), false);
  assert.equal(questioned("x".repeat(5001), true), true);
});

test("only web addresses are opened, and a port of the workspace has its own", () => {
  const template = "https://{{port}}-w.ws.example.org/";
  assert.equal(outside("http://localhost:3000/a?b#c", template), "https://3000-w.ws.example.org/a?b#c");
  assert.equal(outside("https://[::1]/x", template), "https://443-w.ws.example.org/x");
  assert.equal(outside("https://example.org/x", template), "https://example.org/x");
  for (const bad of ["javascript:alert(1)", "file:///etc/passwd", "vscode://x", "nonsense"])
    assert.equal(outside(bad, template), null);
});

test("files are told from words", () => {
  const [one] = filesIn("at src/app.py:12:3 end");
  assert.deepEqual(one, { path: "src/app.py", line: 12, column: 3, from: 3, to: 18 });
  assert.deepEqual(filesIn('File "/a/b.py", line 7')[0].line, 7);
  assert.deepEqual(filesIn("example.org and https://x.org/a/b.py:1"), []);
  assert.equal(absolute("../b.py", "/w/a", "/home/p"), "/w/b.py");
  assert.equal(absolute("~/b.py", "/w/a", "/home/p"), "/home/p/b.py");
});

test("a key right behind a composed word sends the whole word, and nothing else is touched", async () => {
  const area = { value: "before ", addEventListener() {} };
  const composing = new Composing(area);
  const enter = { type: "keydown", keyCode: 13 };
  composing.begin();
  area.value += "日本";
  composing.end();
  composing.key({ type: "keydown", keyCode: 229 }); // the input method's own
  composing.key({ type: "keypress", keyCode: 13 });
  composing.key(enter);
  assert.equal(composing.sent("日"), "日本");
  assert.equal(composing.sent("\r"), "\r");
  composing.key(enter);
  assert.equal(composing.sent("\r"), "\r");
  composing.end();
  await new Promise(resolve => setTimeout(resolve)); // xterm knows the length by then
  composing.key(enter);
  assert.equal(composing.sent("\r"), "\r");
});

test("what is typed while the socket closes is held and sent by the next one", () => {
  const sockets = [];
  class Socket {
    static OPEN = 1;
    readyState = Socket.OPEN;
    sent = [];
    constructor() { sockets.push(this); }
    send(data) {
      assert.equal(this.readyState, Socket.OPEN);
      this.sent.push(typeof data === "string" ? data : new TextDecoder().decode(data));
    }
    close() { this.readyState = 3; }
  }
  const ignored = { addEventListener() {}, removeEventListener() {}, visibilityState: "visible" };
  Object.assign(globalThis, { WebSocket: Socket, document: ignored, ...ignored });
  const on = { hello() {}, state() {}, told() {} };
  const connection = new Connection("wss://pod/terminal", 0, () => null, on);
  const hello = JSON.stringify({ offset: 0, life: "a" });
  sockets[0].onmessage({ data: hello });
  connection.type("a");
  sockets[0].readyState = 2; // it is closing, and nobody has been told yet
  connection.type("b");
  connection.typeBytes("mouse");
  connection.tell({ shown: 1 });
  sockets[0].onclose({ code: 1006 });
  connection.open();
  sockets[1].onmessage({ data: hello });
  assert.deepEqual(sockets[0].sent, ['{"shown":0}', "a"]);
  assert.deepEqual(sockets[1].sent, ['{"shown":0}', "b"]);
  connection.close();
  connection.tell({ shown: 2 });
});
