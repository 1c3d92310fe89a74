// Where tasks' terminals open.
const assert = require("node:assert");
const { test } = require("node:test");
const { editors, panel } = require("../../../supervisor/vscode/layout");

const task = (name, open_mode = "", open_in = "") => ({ id: name, name, open_in, open_mode });
const names = (tasks) => panel(tasks).map((tab) => tab.map((one) => one.name).join("|"));
const places = (tasks) => editors(tasks).map((one) => [one.task.name, one.group]);

test("without a wish each is a tab after the one before", () => {
  assert.deepEqual(names([task("a"), task("b"), task("c", "tab-after")]), ["a", "b", "c"]);
});

test("tab-before is before the one before", () => {
  assert.deepEqual(names([task("a"), task("b"), task("c", "tab-before")]), ["a", "c", "b"]);
});

test("splits stand beside the one before, on their side", () => {
  assert.deepEqual(names([task("a"), task("b", "split-right"), task("c", "split-left")]), ["a|c|b"]);
  assert.deepEqual(names([task("a"), task("b", "split-bottom"), task("c", "split-top")]), ["a|c|b"]);
});

test("a split without anything before it is a tab", () => {
  assert.deepEqual(names([task("a", "split-left")]), ["a"]);
});

test("main is among the editors, and what is split opens a group there", () => {
  assert.deepEqual(places([task("a"), task("b", "", "main"), task("c", "split-right", "main"), task("d", "split-top", "main")]), [
    ["b", ""],
    ["c", "right"],
    ["d", "above"],
  ]);
});

test("left and right are groups of editors, opened once", () => {
  assert.deepEqual(places([task("a", "", "left"), task("b", "", "left"), task("c", "split-bottom", "right")]), [
    ["a", "left"],
    ["b", ""],
    ["c", "right"],
  ]);
});
