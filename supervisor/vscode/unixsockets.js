// Which sockets of the file system a process has. Pure.

const LISTENS = "00010000"; // flag of a socket that takes connections

/**
 * Return the path of one's own listening socket of a name; nothing when there is none.
 * @param {string} table /proc/net/unix
 * @param {string[]} targets of the links in /proc/self/fd
 * @param {RegExp} name
 */
function pathOf(table, targets, name) {
  const own = new Set(targets.map((one) => /^socket:\[(\d+)\]$/.exec(one)?.[1]));
  for (const line of table.split("\n").slice(1)) {
    const [, , , flags, , , inode, ...place] = line.trim().split(/ +/);
    const found = place.join(" ");
    if (flags === LISTENS && own.has(inode) && name.test(found)) return found;
  }
  return undefined;
}

module.exports = { pathOf };
