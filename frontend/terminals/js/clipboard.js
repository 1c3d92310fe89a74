// Copy and paste: keys, middle click, OSC 52 outward, and a question before many lines.
import { ClipboardAddon } from "../vendor/xterm-addon-clipboard.js";
import { ask, make, say } from "./parts.js";

const MOST_SHOWN = 6, LONG = 5000, LARGEST = 1 << 20;

// What a program reads as the end of a paste, or as keys, must not be in it.
export const cleaned = text => text.replace(/\r\n/g, "\n").replace(/[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x80-\x9f]/g, "");

// Whether to ask first: without bracketed paste each line is run as it arrives.
export function questioned(text, bracketed) {
  const lines = text.replace(/\n+$/, "").split("\n").length;
  return bracketed ? text.length > LONG : lines > 1 || text.length > LONG;
}

async function agreed(text, bracketed) {
  const lines = text.replace(/\n$/, "").split("\n");
  const cut = lines.slice(0, MOST_SHOWN).map(line => (line.length > 120 ? `${line.slice(0, 120)}…` : line));
  const more = lines.length - cut.length;
  const many = lines.length === 1 ? `${text.length.toLocaleString("en")} characters` : `${lines.length.toLocaleString("en")} lines`;
  const why = bracketed
    ? "The program is told that it is a paste, and decides."
    : "The program does not tell a paste from typing: each line is run as it arrives.";
  const answer = await ask({
    title: `Paste ${many}?`,
    body: [make("p", {}, why), make("pre", { className: "pasted", tabIndex: 0, "aria-label": "What would be pasted" }, cut.join("\n"), more > 0 ? `\n… ${more} more` : "")],
    choices: [["", "Cancel", ""], ["paste", lines.length > 1 ? `Paste ${many}` : "Paste", "primary"]],
    focus: 1,
  });
  return answer === "paste";
}

export async function paste(term, raw) {
  const text = cleaned(raw);
  const { bracketedPasteMode } = term.modes;
  if (!text || (questioned(text, bracketedPasteMode) && !(await agreed(text, bracketedPasteMode)))) return;
  term.paste(text);
  term.focus();
}

export async function copy(text) {
  if (!text) return false;
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}

export async function copySelection(term) {
  const text = term.getSelection();
  if (!text) say("Nothing is selected. Hold Shift to select where a program uses the mouse.");
  else if (await copy(text)) say("Copied");
  else say("The browser did not let it be copied.");
}

export async function pasteClipboard(term) {
  try {
    await paste(term, await navigator.clipboard.readText());
  } catch {
    say("The browser does not give the clipboard to this page. Its own paste key works.");
  }
}

export function addClipboard(term, element) {
  // A program may put text on the clipboard (OSC 52); it never gets to read what is on it.
  const provider = {
    readText: async () => "",
    writeText: async (_selection, text) => {
      if (!text || text.length > LARGEST) return;
      if (await copy(text)) say("A program copied text");
      else say("A program wants to copy text. ", { word: "Copy it", run: () => copy(text) });
    },
  };
  term.loadAddon(new ClipboardAddon(undefined, provider));

  let natively = 0;
  element.addEventListener("paste", event => {
    event.preventDefault();
    event.stopPropagation();
    natively = Date.now();
    paste(term, event.clipboardData?.getData("text/plain") ?? "");
  }, true);

  // The middle button pastes what was selected last. Where there is a primary selection the
  // browser does so itself, by the event above; elsewhere it is this page's own selection.
  let primary = "";
  term.onSelectionChange(() => { primary = term.getSelection() || primary; });
  element.addEventListener("auxclick", event => {
    if (event.button !== 1 || term.modes.mouseTrackingMode !== "none") return;
    const at = Date.now();
    setTimeout(() => { if (natively < at - 50 && primary) paste(term, primary); }, 120);
  });
}
