// Links in output: web addresses, and files of this workspace. What a terminal says is not
// trusted: only http and https are opened, in a tab of their own that knows nothing of this one,
// and only with Ctrl (or Cmd, or a tap), with the address shown before.
import { WebLinksAddon } from "../vendor/xterm-addon-web-links.js";

const LOOPBACK = /^(localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1?\])$/;
const FILE = /(?:^|[\s"'(\[])((?:\.{0,2}\/|~\/)?[\w@.+-]+(?:\/[\w@.+-]+)*\.[A-Za-z]\w{0,9}|(?:\.{1,2}|~)?\/[\w@.+-]+(?:\/[\w@.+-]+)+)(?:(?::|", line )(\d{1,7})(?::(\d{1,5}))?)?/g;
const touch = matchMedia("(pointer: coarse)");

// A server of the workspace says `http://localhost:3000`; here that is its port's own address.
export function outside(address, portTemplate) {
  let url;
  try { url = new URL(address); } catch { return null; }
  if (!["http:", "https:"].includes(url.protocol)) return null;
  if (!LOOPBACK.test(url.hostname) || !portTemplate) return url.href;
  const port = url.port || (url.protocol === "https:" ? "443" : "80");
  try {
    const own = new URL(portTemplate.replace("{{port}}", port));
    return own.origin + url.pathname + url.search + url.hash;
  } catch {
    return null;
  }
}

// Files named in a line: [{path, line, column, from, to}], with indexes into the text. Only what
// has a slash or a line number behind it is taken for a file; others are words with a dot.
export function filesIn(text) {
  const found = [];
  for (const match of text.matchAll(FILE)) {
    const [, path, line, column] = match;
    if (!path.includes("/") && !line) continue;
    if (text.slice(0, match.index + 1 + path.length).match(/https?:\/\/\S*$/)) continue;
    const from = match.index + match[0].indexOf(path);
    found.push({ path, line: Number(line ?? 0), column: Number(column ?? 0), from, to: match.index + match[0].length });
  }
  return found;
}

export function absolute(path, folder, home) {
  const parts = [];
  const whole = path.startsWith("~/") ? home + path.slice(1) : path.startsWith("/") ? path : `${folder}/${path}`;
  for (const part of whole.split("/")) {
    if (part === "..") parts.pop();
    else if (part && part !== ".") parts.push(part);
  }
  return `/${parts.join("/")}`;
}

const meant = event => event.ctrlKey || event.metaKey || touch.matches;

export function addLinks(term, place, { template, openFile }) {
  const hint = document.createElement("div");
  hint.className = "link-hint xterm-hover";
  hint.hidden = true;
  place.append(hint);
  const show = (event, text) => {
    hint.textContent = `${text}  ·  Ctrl+click opens`;
    const box = place.getBoundingClientRect();
    hint.hidden = false;
    hint.style.left = `${Math.max(4, Math.min(event.clientX - box.left, box.width - hint.offsetWidth - 4))}px`;
    const above = event.clientY - box.top - hint.offsetHeight - 14;
    hint.style.top = `${above > 0 ? above : event.clientY - box.top + 18}px`;
  };
  const hide = () => { hint.hidden = true; };
  const open = (event, address) => {
    const url = outside(address, template());
    if (url && meant(event)) window.open(url, "_blank", "noopener,noreferrer");
  };
  const web = { activate: open, hover: (event, text) => show(event, outside(text, template()) ?? text), leave: hide };
  term.loadAddon(new WebLinksAddon(open, { hover: web.hover, leave: hide }));
  term.options.linkHandler = { ...web, allowNonHttpProtocols: false }; // OSC 8
  term.registerLinkProvider({
    provideLinks(number, give) {
      const line = term.buffer.active.getLine(number - 1);
      const text = line?.translateToString(true) ?? "";
      // as long as every character has one cell: else what is underlined is not what is meant
      if (!text || text.length > term.cols || /[^\x20-\x7e]/.test(text)) return give(undefined);
      give(filesIn(text).map(one => ({
        range: { start: { x: one.from + 1, y: number }, end: { x: one.to, y: number } },
        text: text.slice(one.from, one.to),
        activate: event => meant(event) && openFile(one),
        hover: (event, shown) => show(event, shown),
        leave: hide,
      })));
    },
  });
}
