// Names of extensions, and what people write.
const assert = require("node:assert");
const { test } = require("node:test");
const { classify, reason } = require("../../../supervisor/vscode/wanted");
const { minutes, readTimeout } = require("../../../supervisor/vscode/words");

test("a name of the gallery, with a version or Gitpod's old digest", () => {
  assert.deepEqual(classify("golang.go", "/w"), { id: "golang.go", version: "", wanted: "golang.go" });
  assert.deepEqual(classify("a.b@1.2.3", "/w"), { id: "a.b", version: "1.2.3", wanted: "a.b@1.2.3" });
  assert.deepEqual(classify("a.b@1.2.3:hAsH==", "/w").wanted, "a.b@1.2.3");
});

test("a file by its address or path", () => {
  assert.deepEqual(classify("https://x/y.vsix", "/w"), { url: "https://x/y.vsix" });
  assert.deepEqual(classify("file:///a%20b.vsix", "/w"), { file: "/a b.vsix" });
  assert.deepEqual(classify("tools/my.vsix", "/w/demo"), { file: "/w/demo/tools/my.vsix" });
});

test("anything else is none", () => {
  for (const text of ["", "go", "a b.c", "-a.b", "ftp://x/y", "a.b@"]) assert.equal(classify(text, "/w"), undefined, text);
});

test("timeouts", () => {
  for (const text of ["30m", " 2H ", "1h30m", "none"]) assert.equal(readTimeout(text), undefined, text);
  for (const text of ["", "30", "m", "2 h"]) assert.ok(readTimeout(text), text);
  assert.equal(minutes(10), "1 min");
  assert.equal(minutes(61), "2 min");
});

test("why one could not be installed is a line that people can read", () => {
  const deprecation = "(node:1) [DEP0169] DeprecationWarning: `url.parse()` behavior is not standardized\n(Use `node`)\n";
  const said = (text) => reason(new Error(text));
  assert.equal(said(`${deprecation}Error while installing extensions: getaddrinfo ENOTFOUND open-vsx.org`), "its gallery cannot be reached");
  assert.equal(reason(Object.assign(new Error("fetch failed"), { cause: new Error("connect ECONNREFUSED") })), "its gallery cannot be reached");
  const none = "Installing extensions...\nError while installing extensions: No extension gallery service configured.";
  assert.equal(said(none), "there is no gallery here: install its .vsix file");
  assert.equal(said("Error: ENOENT: no such file or directory, open '/w/gone.vsix'\n    at x"), "there is no such file");
  assert.equal(said("Installing extensions...\nExtension 'a.b' not found.\nMake sure"), "Extension 'a.b' not found.");
  assert.equal(said("Error: is larger than 500 MB\n    at x"), "is larger than 500 MB");
  assert.equal(said("    at x"), "VS Code does not say why");
});
