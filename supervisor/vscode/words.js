// Words for people, and what they may write. Pure.

/** @param {number} left seconds */
const minutes = (left) => `${Math.max(1, Math.ceil(left / 60))} min`;

/**
 * Return what is wrong with a timeout; nothing when it may be one.
 * @param {string} text
 */
function readTimeout(text) {
  const wished = text.trim().toLowerCase();
  if (wished === "none" || /^(\d+(\.\d+)?(h|m|s))+$/.test(wished)) return undefined;
  return "Such as 30m, 2h, 1h30m or none";
}

module.exports = { minutes, readTimeout };
