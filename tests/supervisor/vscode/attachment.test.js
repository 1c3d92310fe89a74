// A terminal's view: every byte once, whatever becomes of its connection.
const assert = require("node:assert");
const { EventEmitter } = require("node:events");
const { test, mock } = require("node:test");
const { Attachment } = require("../../../supervisor/vscode/attachment");

/** What the supervisor's end of a WebSocket looks like to ws. */
class Wire extends EventEmitter {
  sent = [];
  constructor(target) {
    super();
    this.target = target;
  }
  send(data) {
    this.sent.push(typeof data === "string" ? JSON.parse(data) : data.toString());
  }
  says(document) {
    this.emit("message", Buffer.from(JSON.stringify(document)), false);
  }
  writes(text) {
    this.emit("message", Buffer.from(text), true);
  }
  close(code = 1006) {
    this.emit("close", code);
  }
}

function shown(live = 0) {
  const wires = [];
  const dial = (target) => {
    wires.push(new Wire(target));
    return wires.at(-1);
  };
  const view = new Attachment("t1", dial, live);
  const seen = { text: "", names: [], sizes: [], ends: [] };
  view.onDidWrite((text) => (seen.text += text));
  view.onDidChangeName((name) => seen.names.push(name));
  view.onDidOverrideDimensions((size) => seen.sizes.push(size));
  view.onDidClose((code) => seen.ends.push(code));
  return { view, wires, seen };
}

const hello = (offset, more = {}) => ({ offset, life: "l1", pid: 7, cols: 80, rows: 24, ...more });

test("a new view asks for the last megabyte and shows what it is given", () => {
  const { view, wires, seen } = shown();
  view.open({ columns: 80, rows: 24 });
  assert.equal(wires[0].target, "/v1/terminals/t1?offset=-1000000&kind=vscode");
  wires[0].says(hello(0, { title: "bash" }));
  wires[0].writes("$ ls\r\n");
  assert.deepEqual(seen.names, ["bash"]);
  assert.equal(seen.text, "$ ls\r\n");
  assert.deepEqual(wires[0].sent, [{ shown: 0 }, { cols: 80, rows: 24 }]);
});

test("a lost connection comes back at the byte where it was", () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const { view, wires, seen } = shown();
  view.open({ columns: 80, rows: 24 });
  wires[0].says(hello(0));
  wires[0].writes("one ");
  wires[0].close();
  view.handleInput("ls");
  mock.timers.tick(200);
  assert.equal(wires[1].target, "/v1/terminals/t1?offset=4&life=l1&kind=vscode");
  wires[1].says(hello(4));
  wires[1].writes("two");
  assert.equal(seen.text, "one two");
  assert.deepEqual(wires[1].sent, [{ shown: 4 }, { cols: 80, rows: 24 }, "ls"]);
  mock.timers.reset();
});

test("what has been dropped meanwhile is said", () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const { view, wires, seen } = shown();
  view.open({ columns: 80, rows: 24 });
  wires[0].says(hello(0));
  wires[0].writes("one");
  wires[0].close();
  mock.timers.tick(200);
  wires[1].says(hello(103));
  wires[1].writes("next");
  assert.match(seen.text, /^one\r\n.*\[100 bytes are too long ago\].*\r\nnext$/s);
  mock.timers.reset();
});

test("what a program has switched on before is switched on", () => {
  const { view, wires, seen } = shown();
  view.open(undefined);
  wires[0].says(hello(5000, { modes: "\x1b[?1049h" }));
  wires[0].writes("screen");
  assert.equal(seen.text, "\x1b[?1049hscreen");
});

test("a character between two messages is one character", () => {
  const { view, wires, seen } = shown();
  view.open(undefined);
  wires[0].says(hello(0));
  const euro = Buffer.from("€");
  wires[0].emit("message", euro.subarray(0, 1), true);
  wires[0].emit("message", euro.subarray(1), true);
  assert.equal(seen.text, "€");
});

test("questions of the past are not asked again, those of now are", () => {
  const past = "a\x1b[6nb\x1b[";
  const { view, wires, seen } = shown(Buffer.byteLength(past) + 1);
  view.open(undefined);
  wires[0].says(hello(0));
  wires[0].writes(past);
  wires[0].writes("cnow\x1b[6n");
  assert.equal(seen.text, "abnow\x1b[6n");
});

test("the own size counts until another viewer's is told, and again when it changes", () => {
  const { view, wires, seen } = shown();
  view.open({ columns: 100, rows: 24 });
  wires[0].says(hello(0));
  assert.deepEqual(seen.sizes, [undefined]);
  wires[0].says({ cols: 40, rows: 10 });
  wires[0].says({ cols: 100, rows: 24 });
  view.setDimensions({ columns: 90, rows: 20 });
  assert.deepEqual(seen.sizes.slice(1), [{ columns: 40, rows: 10 }, undefined, undefined]);
  assert.deepEqual(wires[0].sent.at(-1), { cols: 90, rows: 20 });
});

test("a view that has no size yet has the terminal's", () => {
  const { view, wires, seen } = shown();
  view.open(undefined);
  wires[0].says(hello(0));
  assert.deepEqual(seen.sizes, [{ columns: 80, rows: 24 }]);
});

test("the shell's end is told with its code, and nothing is dialled any more", () => {
  const { view, wires, seen } = shown();
  view.open(undefined);
  wires[0].says(hello(0));
  wires[0].says({ exit: { code: 3, signal: 0 } });
  wires[0].close(4000);
  assert.deepEqual(seen.ends, [3]);
  assert.equal(wires.length, 1);
});

test("a closed view leaves the shell alone and does not come back", () => {
  const { view, wires, seen } = shown();
  view.open(undefined);
  wires[0].says(hello(0));
  view.close();
  assert.deepEqual(seen.ends, []);
  assert.equal(wires.length, 1);
});

test("another terminal of the same id begins anew", () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const { view, wires, seen } = shown();
  view.open(undefined);
  wires[0].says(hello(0));
  wires[0].writes("one ");
  wires[0].close();
  mock.timers.tick(200);
  wires[1].says(hello(0, { life: "l2" }));
  wires[1].writes("two");
  assert.equal(seen.text, "one two");
  mock.timers.reset();
});

test("a viewer that was too slow is told what it has missed", () => {
  const { view, wires, seen } = shown();
  view.open(undefined);
  wires[0].says(hello(0));
  wires[0].says({ offset: 50, modes: "" });
  wires[0].writes("next");
  assert.match(seen.text, /\[50 bytes are too long ago\].*\r\nnext$/s);
});

test("a flood is taken at a pace that a screen can follow", () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const { view, wires } = shown();
  view.open(undefined);
  wires[0].says(hello(0));
  for (let count = 0; count < 5; count += 1) wires[0].writes("x".repeat(65536));
  assert.deepEqual(wires[0].sent, [{ shown: 0 }]);
  mock.timers.tick(40);
  assert.deepEqual(wires[0].sent.at(-1), { shown: 262144 });
  mock.timers.tick(40);
  assert.deepEqual(wires[0].sent.at(-1), { shown: 327680 });
  mock.timers.tick(400);
  assert.equal(wires[0].sent.length, 3);
  mock.timers.reset();
});

test("who looks is told once", () => {
  const { view, wires } = shown();
  view.open(undefined);
  wires[0].says(hello(0));
  view.focus(true);
  view.focus(true);
  view.focus(false);
  assert.deepEqual(wires[0].sent, [{ shown: 0 }, { focused: true }, { focused: false }]);
});
