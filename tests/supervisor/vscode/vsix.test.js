// What is no extension is refused with a sentence, before VS Code's own command sees it.
const assert = require("node:assert");
const { execFileSync } = require("node:child_process");
const fs = require("node:fs");
const os = require("node:os");
const path = require("node:path");
const { test } = require("node:test");
const { check, identity, MOST } = require("../../../supervisor/vscode/vsix");

const SOUND = { name: "tiny", publisher: "tests", version: "1.2.3", engines: { vscode: "^1.90.0" } };
const folder = fs.mkdtempSync(path.join(os.tmpdir(), "vsix-"));
process.on("exit", () => fs.rmSync(folder, { recursive: true }));

/** The reader of the VS Code that set-up has built, as in a workspace. */
function reader() {
  const trees = path.join(process.env.PODIUM_CACHE || "/var/cache/podium", "ide");
  const places = fs.readdirSync(trees).map((one) => path.join(trees, one, "vscode/node_modules/yauzl"));
  return require(places.find((one) => fs.existsSync(one)));
}

function packed(files) {
  const file = path.join(fs.mkdtempSync(path.join(folder, "a-")), "one.vsix");
  const write = "import sys,json,zipfile as z\nwith z.ZipFile(sys.argv[1],'w',z.ZIP_DEFLATED) as a:\n for n,t in json.load(sys.stdin).items(): a.writestr(n,t)";
  execFileSync("python3", ["-c", write, file], { input: JSON.stringify(files) });
  return file;
}

test("a sound one is told by its id and version", async () => {
  const file = packed({ "extension/main.js": "", "extension/package.json": `\uFEFF${JSON.stringify(SOUND)}` });
  assert.deepEqual(await check(file, reader()), { id: "tests.tiny", version: "1.2.3" });
});

test("what is no archive, a broken one, or another one", async () => {
  const page = path.join(folder, "page.vsix");
  fs.writeFileSync(page, "<!doctype html><title>Sign in</title>");
  await assert.rejects(check(page, reader()), /no \.vsix: not a zip archive/);
  const half = packed({ "extension/package.json": JSON.stringify(SOUND) });
  fs.truncateSync(half, 60);
  await assert.rejects(check(half, reader()), /not a whole one/);
  await assert.rejects(check(packed({ "package.json": JSON.stringify(SOUND) }), reader()), /there is no extension\/package\.json in it/);
});

test("what is too large is not read", async () => {
  const huge = path.join(folder, "huge.vsix");
  fs.writeFileSync(huge, "");
  fs.truncateSync(huge, MOST + 1); // holes only
  await assert.rejects(check(huge, reader()), /larger than 500 MB/);
  const long = packed({ "extension/package.json": JSON.stringify({ ...SOUND, filler: "x".repeat(1e6) }) });
  await assert.rejects(check(long, reader()), /package\.json is larger than 1 MB/);
});

test("a manifest without what every extension has", () => {
  assert.throws(() => identity("{"), /cannot be read/);
  assert.throws(() => identity("null"), /no valid name, publisher, version, engines\.vscode/);
  const any = { ...SOUND, engines: { vscode: "*" } };
  assert.ok(identity(JSON.stringify(any)));
  assert.throws(() => identity(JSON.stringify({ ...any, main: "./main.js" })), /no valid engines\.vscode$/);
  for (const [key, value] of [["name", "../up"], ["publisher", "a b"], ["version", "latest"], ["engines", {}]]) {
    const wrong = key === "engines" ? "engines.vscode" : key;
    assert.throws(() => identity(JSON.stringify({ ...SOUND, [key]: value })), new RegExp(`no valid ${wrong}$`));
  }
});
