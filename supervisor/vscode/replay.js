// What of a terminal's past may be written to a screen again.

// Questions of programs to their terminal. In what is shown again nobody waits for the answers any more, and
// whoever reads the terminal now would take them for typed text.
const QUESTIONS = new RegExp(
  [
    "\\x1b\\[[>=?]?[0-9;]*c", // which terminal is this
    "\\x1b\\[\\??[0-9;]*n", // where is the cursor
    "\\x1b\\[\\??[0-9;]*\\$p", // which modes are set
    "\\x1b\\[(?:1[1-9]|2[01])(?:;[0-9;]*)?t", // how large is the window
    "\\x1b\\[>[0-9;]*q", // which version
    "\\x1b\\[\\?u", // which keyboard
    "\\x1b\\](?:4;[0-9]+|1[0-9]|52;[^;\\x07\\x1b]*);\\?(?:\\x07|\\x1b\\\\)", // colours, clipboard
    "\\x1bP(?:\\+q|\\$q)[^\\x1b]*\\x1b\\\\", // settings and capabilities
    "\\x1bZ",
  ].join("|"),
  "g",
);

// A sequence that is cut off at a piece's end.
const UNFINISHED = /\x1b(?:\[[0-9;?>=$]*|\][^\x07\x1b]{0,256}\x1b?|P[^\x1b]{0,256}\x1b?)?$/;

/** Takes pieces of old output, gives them without the questions in them. */
class Past {
  #held = "";

  /** @param {string} text @returns {string} */
  take(text) {
    const whole = this.#held + text;
    const cut = UNFINISHED.exec(whole);
    this.#held = cut ? cut[0] : "";
    return whole.slice(0, whole.length - this.#held.length).replace(QUESTIONS, "");
  }

  /** Return what is held back: what follows is no past. */
  end() {
    const rest = this.#held;
    this.#held = "";
    return rest;
  }
}

module.exports = { Past };
