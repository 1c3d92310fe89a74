// Old output on a new screen.
const assert = require("node:assert");
const { test } = require("node:test");
const { Past } = require("../../../supervisor/vscode/replay");

const QUESTIONS = ["\x1b[c", "\x1b[>0c", "\x1b[6n", "\x1b[?6n", "\x1b[?2026$p", "\x1b[18t", "\x1b[>q", "\x1b[?u", "\x1b]11;?\x07", "\x1b]10;?\x1b\\", "\x1b]52;c;?\x07", "\x1bP+q544e\x1b\\", "\x1bP$qm\x1b\\", "\x1bZ"];
const ORDERS = ["\x1b[31m", "\x1b[2J", "\x1b[10;20H", "\x1b[?1049h", "\x1b[8;24;80t", "\x1b]0;title\x07", "\x1b]8;;http://x\x1b\\", "\x1b[?25l", "\x1b[4n".slice(0, 3) + "h"];

for (const question of QUESTIONS) {
  test(`the question ${JSON.stringify(question)} is left out`, () => {
    assert.equal(new Past().take(`a${question}b`), "ab");
  });
}

for (const order of ORDERS) {
  test(`the order ${JSON.stringify(order)} stays`, () => {
    assert.equal(new Past().take(`a${order}b`), `a${order}b`);
  });
}

test("a question is found wherever pieces end", () => {
  for (const question of QUESTIONS) {
    for (let cut = 1; cut < question.length; cut += 1) {
      const past = new Past();
      const text = past.take(`a${question.slice(0, cut)}`) + past.take(`${question.slice(cut)}b`) + past.end();
      assert.equal(text, "ab", JSON.stringify([question, cut]));
    }
  }
});

test("nothing is lost of an order that never ends", () => {
  const past = new Past();
  assert.equal(past.take("a\x1b[3") + past.end(), "a\x1b[3");
});
