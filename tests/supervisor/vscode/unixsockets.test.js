// One's own listening sockets.
const assert = require("node:assert");
const fs = require("node:fs");
const net = require("node:net");
const os = require("node:os");
const path = require("node:path");
const { test } = require("node:test");
const { pathOf } = require("../../../supervisor/vscode/unixsockets");

const TABLE = `Num       RefCount Protocol Flags    Type St Inode Path
0000000000000000: 00000002 00000000 00010000 0001 01  41 /tmp/git-other.sock
0000000000000000: 00000003 00000000 00000000 0001 03  42 /tmp/git-connected.sock
0000000000000000: 00000002 00000000 00010000 0001 01  43 /tmp/a b/git-own.sock
0000000000000000: 00000002 00000000 00010000 0001 01  44
`;

test("of all sockets it is the process's own that listens under the name", () => {
  const targets = ["/dev/null", "socket:[42]", "socket:[43]", "socket:[44]", ""];
  assert.equal(pathOf(TABLE, targets, /git-[a-z]+\.sock$/), "/tmp/a b/git-own.sock");
  assert.equal(pathOf(TABLE, targets, /other\.sock$/), undefined);
  assert.equal(pathOf("", targets, /git/), undefined);
});

test("as the kernel tells of it", async () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "podium-"));
  const place = path.join(folder, "git-1.sock");
  const server = net.createServer().listen(place);
  await new Promise((resolve) => server.once("listening", resolve));
  const targets = fs.readdirSync("/proc/self/fd").map((one) => {
    try {
      return fs.readlinkSync(`/proc/self/fd/${one}`);
    } catch {
      return "";
    }
  });
  assert.equal(pathOf(fs.readFileSync("/proc/net/unix", "utf8"), targets, /git-1\.sock$/), place);
  server.close();
  fs.rmSync(folder, { recursive: true });
});
