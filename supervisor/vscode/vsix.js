// Whether a file is an extension that can be installed. What VS Code itself looks at (its version) is left to it.
const fs = require("node:fs");

const MOST = 500e6; // bytes of a file, wherever it comes from
const MOST_FROM_COMPUTER = 200e6; // bytes: they come through the window's connection
const MOST_OF_MANIFEST = 1e6; // bytes
const MANIFEST = "extension/package.json";
const NAME = /^[a-z0-9][a-z0-9-]*$/i;
const ENGINE = /^[\^~<>=\s]*\d/; // VS Code takes no * where there is a program, and does not say so
const VERSION = /^\d+\.\d+\.\d+/;

/**
 * Return `publisher.name` and version of a .vsix; throws an Error for people when it is none.
 * @param {string} file
 * @param {{open: Function}} yauzl the reader of archives that VS Code brings along
 * @returns {Promise<{id: string, version: string}>}
 */
async function check(file, yauzl) {
  const { size } = await fs.promises.stat(file);
  if (size > MOST) throw new Error(tooLarge(MOST));
  return identity(await manifest(file, yauzl));
}

const is = (text, shape) => typeof text === "string" && shape.test(text);

/** @param {string} text of a package.json */
function identity(text) {
  let found;
  try {
    found = JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch {
    throw new Error(`its ${MANIFEST} cannot be read`);
  }
  const { name, publisher, version, engines, main, browser } = found ?? {};
  const wrong = [
    [is(name, NAME), "name"],
    [is(publisher, NAME), "publisher"],
    [is(version, VERSION), "version"],
    [is(engines?.vscode, main || browser ? ENGINE : /./), "engines.vscode"],
  ].filter(([right]) => !right);
  if (wrong.length > 0) throw new Error(`its ${MANIFEST} has no valid ${wrong.map((one) => one[1]).join(", ")}`);
  return { id: `${publisher}.${name}`, version };
}

const tooLarge = (most) => `it is larger than ${most / 1e6} MB`;
const NO_ARCHIVE = "it is no .vsix: not a zip archive, or not a whole one";
const NO_MANIFEST = `it is no .vsix: there is no ${MANIFEST} in it`;

function manifest(file, yauzl) {
  return new Promise((resolve, reject) => {
    yauzl.open(file, { lazyEntries: true }, (unreadable, archive) => {
      if (unreadable) return reject(new Error(NO_ARCHIVE));
      const end = (error) => {
        archive.close();
        reject(error);
      };
      archive.on("error", () => end(new Error(NO_ARCHIVE)));
      archive.on("end", () => end(new Error(NO_MANIFEST)));
      archive.on("entry", (entry) => {
        if (entry.fileName.toLowerCase() !== MANIFEST) return archive.readEntry();
        if (entry.uncompressedSize > MOST_OF_MANIFEST) return end(new Error(`its ${MANIFEST} is larger than 1 MB`));
        archive.openReadStream(entry, (error, stream) => {
          if (error) return end(new Error(NO_ARCHIVE));
          const pieces = [];
          stream.on("data", (piece) => pieces.push(piece));
          stream.on("error", () => end(new Error(NO_ARCHIVE)));
          stream.on("end", () => {
            archive.close();
            resolve(Buffer.concat(pieces).toString("utf8"));
          });
        });
      });
      archive.readEntry();
    });
  });
}

module.exports = { check, identity, tooLarge, MOST, MOST_FROM_COMPUTER };
