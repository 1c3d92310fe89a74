// Keys of the page. A terminal gets every other one; all of these have Ctrl and Shift, which
// hardly any program uses, and stand in the list that Ctrl Shift ? shows.
import { ask, make } from "./parts.js";

export const KEYS = [
  ["c", "C", "Copy what is selected", "copy"],
  ["v", "V", "Paste", "paste"],
  ["f", "F", "Find", "find"],
  ["e", "E", "Split to the right", "right"],
  ["o", "O", "Split downward", "down"],
  ["`", "`", "New terminal", "create"],
  ["arrowleft", "←", "Previous terminal", "previous"],
  ["arrowright", "→", "Next terminal", "next"],
  ["arrowup", "↑", "Previous part of a split", "before"],
  ["arrowdown", "↓", "Next part of a split", "after"],
  ["pageup", "PgUp", "Move the tab to the left", "left"],
  ["pagedown", "PgDn", "Move the tab to the right", "rightward"],
  ["+", "+", "Larger letters", "larger"],
  ["_", "−", "Smaller letters", "smaller"],
  [")", "0", "Letters as they were", "usual"],
  ["b", "B", "To the bar above, and back with Esc", "bar"],
  ["?", "?", "This list", "keys"],
];
const ALSO = { "~": "`", "=": "+", "*": "+", "-": "_", "0": ")", "/": "?" };
const names = new Map(KEYS.map(([key, , , name]) => [key, name]));

// The action that a key event means, or undefined.
export function meaning(event) {
  if (!event.ctrlKey || !event.shiftKey || event.altKey || event.metaKey) return undefined;
  const key = event.key.toLowerCase();
  const at = event.code === "Backquote" ? "`" : event.code === "Digit0" ? ")" : key;
  return names.get(at) ?? names.get(ALSO[at]);
}

export function showKeys() {
  const rows = KEYS.flatMap(([, shown, text]) => [
    make("dt", {}, make("kbd", {}, "Ctrl"), " ", make("kbd", {}, "Shift"), " ", make("kbd", {}, shown)),
    make("dd", {}, text),
  ]);
  return ask({
    title: "Keys",
    body: [make("dl", { className: "keys terminal-keys" }, ...rows), make("p", { className: "dim" }, "Ctrl and a click open a link. Shift and a drag select where a program uses the mouse.")],
    choices: [["", "Close", ""]],
  });
}
