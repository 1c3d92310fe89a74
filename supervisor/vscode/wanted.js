// How a file names an extension. Pure.
const path = require("node:path");

const ID = /^([a-z0-9][a-z0-9-]*\.[a-z0-9][a-z0-9._-]*)(?:@(\d[\w.+-]*))?(?::[A-Za-z0-9+/=]+)?$/i;

/**
 * Return what an entry stands for; nothing when it is no extension. Gitpod's old entries have a digest behind a
 * colon, which the gallery does not know.
 * @param {string} text
 * @param {string} folder of the repository
 * @returns {{id: string, version: string, wanted: string} | {url: string} | {file: string} | undefined}
 */
function classify(text, folder) {
  const entry = text.trim();
  if (/^https?:\/\//.test(entry)) return { url: entry };
  if (entry.startsWith("file://")) return { file: decodeURIComponent(entry.slice(7)) };
  if (entry.endsWith(".vsix")) return { file: path.resolve(folder, entry) };
  const found = ID.exec(entry);
  if (!found) return undefined;
  const [, id, version = ""] = found;
  return { id, version, wanted: version ? `${id}@${version}` : id };
}

const OFFLINE = /fetch failed|ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ENETUNREACH|EHOSTUNREACH|ETIMEDOUT/i;
const NO_GALLERY = /No extension gallery/i;
const SURROUNDINGS = /^\s+at |^\(|DeprecationWarning|^(Error while i|I)nstalling extensions|^\s*(code|name):|^[{}]?$/;

/**
 * Return why an extension could not be installed, in one line.
 * @param {Error & {cause?: Error}} error its message is what VS Code's server has said
 */
function reason(error) {
  const text = `${error?.cause?.message || error?.message || error}`;
  if (NO_GALLERY.test(text)) return "there is no gallery here: install its .vsix file";
  if (OFFLINE.test(text)) return "its gallery cannot be reached";
  if (text.includes("ENOENT")) return "there is no such file";
  const said = text.split("\n").find((line) => !SURROUNDINGS.test(line));
  return (said ?? "VS Code does not say why").replace(/^Error: /, "");
}

module.exports = { classify, reason };
