// Ports in words, and what of them is news.
const assert = require("node:assert");
const { test } = require("node:test");
const { News, action, described, news, titled, told } = require("../../../supervisor/vscode/listening");

const url = "http://3000-w.ws.localhost/";
const port = (number, more = {}) => ({
  ...{ port: number, served: true, process: "node", visibility: "private", url, name: "", description: "" },
  on_open: "notify",
  ...more,
});

test("a port is told by its number, its name, who serves it and who may open it", () => {
  assert.equal(titled(port(3000)), "3000");
  assert.equal(titled(port(3000, { name: "Web" })), "3000 Web");
  assert.equal(described(port(3000)), "node · private");
  assert.equal(described(port(3000, { process: "" })), "private");
  assert.equal(described(port(3000, { served: false, visibility: "public" })), "nothing listens · public");
});

test("where there is room a port is told whole, for a long name leaves none in its row", () => {
  const whole = port(3000, { name: "Web", description: "The shop", visibility: "public" });
  assert.equal(told(whole), `3000 Web\nThe shop\n${url}\nserved by node · public: anybody with the address`);
  assert.equal(told(port(80, { process: "" })), `80\n${url}\nprivate: you alone`);
  assert.equal(told(port(80, { served: false, url: "" })), "80\nnothing listens · private: you alone");
});

test("of what opens in a tab it is told that the browser may have held that back", () => {
  assert.equal(news(port(3000, { name: "Web" }), "notify"), "Web: port 3000 (node) is served.");
  const opened = "Port 80 is served. If the browser has held its tab back, open it here.";
  assert.equal(news(port(80, { process: "" }), "open-browser"), opened);
});

const numbers = (ports) => ports.map((one) => one.port);

test("what begins to listen is news, and again when it has gone; what only waits is none", () => {
  const news = new News("first");
  assert.deepEqual(numbers(news.take([port(3000), port(80, { served: false })])), [3000]);
  assert.deepEqual(numbers(news.take([port(3000), port(4000)])), [4000]);
  assert.deepEqual(numbers(news.take([port(3000)])), []);
  assert.deepEqual(numbers(news.take([port(3000), port(4000)])), [4000]);
});

test("another window of the same start has heard of it; another start has not", () => {
  const news = new News("first");
  news.take([port(3000)]);
  assert.deepEqual(numbers(new News("first", news.kept).take([port(3000), port(4000)])), [4000]);
  assert.deepEqual(numbers(new News("second", news.kept).take([port(3000)])), [3000]);
});

test("onOpen decides what happens, and without an address nothing does", () => {
  const says = (on_open, seen = true) => action(port(1, { on_open }), seen);
  assert.equal(says("notify"), "notify");
  assert.equal(says("notify-private"), "notify");
  assert.equal(says("open-browser"), "open-browser");
  assert.equal(says("open-preview"), "open-preview");
  assert.equal(says("ignore"), "");
  assert.equal(says("ignore-completely"), "");
  assert.equal(action(port(1, { url: "" }), true), "");
});

test("a window that nobody looks at opens nothing by itself", () => {
  assert.equal(action(port(1, { on_open: "open-browser" }), false), "notify");
  assert.equal(action(port(1, { on_open: "open-preview" }), false), "notify");
  assert.equal(action(port(1, { on_open: "ignore" }), false), "");
});
