// Light or dark as the pages of the platform are, and the size of letters. Kept on this origin.
const THEME = "podium-theme", SIZE = "podium-terminal-font";
const SMALLEST = 8, USUAL = 14, LARGEST = 28;
const root = document.documentElement;
const dark = matchMedia("(prefers-color-scheme: dark)");
const watchers = new Set();

const kept = name => { try { return localStorage.getItem(name); } catch { return null; } };
const keep = (name, value) => {
  try {
    if (value) localStorage.setItem(name, value); else localStorage.removeItem(name);
  } catch { /* for this page then */ }
};

// A page of the platform that leads here says which of both it wears.
const given = /^#theme=(light|dark|system)$/.exec(location.hash);
if (given) {
  keep(THEME, given[1] === "system" ? "" : given[1]);
  history.replaceState(null, "", location.pathname + location.search);
}

export const chosen = () => root.dataset.theme ?? "";
export function choose(theme) {
  if (theme) root.dataset.theme = theme; else delete root.dataset.theme;
  keep(THEME, theme);
  tell();
}

export const size = () => {
  const found = Number(kept(SIZE));
  return found >= SMALLEST && found <= LARGEST ? found : USUAL;
};
export function resize(step) {
  const wanted = step ? size() + step : USUAL;
  keep(SIZE, String(Math.min(Math.max(wanted, SMALLEST), LARGEST)));
  tell();
}

export const watch = watcher => watchers.add(watcher);
const tell = () => watchers.forEach(watcher => watcher());
dark.addEventListener("change", tell);
addEventListener("storage", event => {
  if (event.key === THEME) {
    if (event.newValue) root.dataset.theme = event.newValue; else delete root.dataset.theme;
  }
  if ([THEME, SIZE].includes(event.key)) tell();
});

if (["light", "dark"].includes(kept(THEME))) root.dataset.theme = kept(THEME);

const LIGHT = {
  background: "#fcfcfd", foreground: "#171a21", cursor: "#3158d4", cursorAccent: "#fcfcfd", overviewRulerBorder: "#00000000",
  selectionBackground: "#c6d3fb", selectionInactiveBackground: "#c9d3ee",
  black: "#171a21", red: "#bf2530", green: "#14793a", yellow: "#8f5800",
  blue: "#3158d4", magenta: "#8b3fae", cyan: "#0b7285", white: "#596273",
  brightBlack: "#677184", brightRed: "#d0323d", brightGreen: "#1a8a45", brightYellow: "#a06500",
  brightBlue: "#456be0", brightMagenta: "#9d50c0", brightCyan: "#12849a", brightWhite: "#171a21",
  scrollbarSliderBackground: "#85909255", scrollbarSliderHoverBackground: "#85909288",
  scrollbarSliderActiveBackground: "#859092aa",
};
const DARK = {
  background: "#101317", foreground: "#e7eaf0", cursor: "#95abff", cursorAccent: "#101317", overviewRulerBorder: "#00000000",
  selectionBackground: "#30427c", selectionInactiveBackground: "#333f63",
  black: "#262b34", red: "#f6868b", green: "#4fc47f", yellow: "#e2a750",
  blue: "#95abff", magenta: "#d09bf0", cyan: "#5ec8d8", white: "#c6ccd7",
  brightBlack: "#8b95a6", brightRed: "#ffa4a8", brightGreen: "#75d99c", brightYellow: "#f0bf78",
  brightBlue: "#b4c3ff", brightMagenta: "#e0b8f8", brightCyan: "#86dce8", brightWhite: "#ffffff",
  scrollbarSliderBackground: "#9aa4b540", scrollbarSliderHoverBackground: "#9aa4b566",
  scrollbarSliderActiveBackground: "#9aa4b588",
};
const isDark = () => (chosen() ? chosen() === "dark" : dark.matches);

export const colours = () => (isDark() ? DARK : LIGHT);
export const finds = () =>
  isDark()
    ? { matchBackground: "#4a3d1c", matchOverviewRuler: "#e2a750", activeMatchBackground: "#8f5800", activeMatchColorOverviewRuler: "#ffffff" }
    : { matchBackground: "#f7e3bd", matchOverviewRuler: "#8f5800", activeMatchBackground: "#f0b64a", activeMatchColorOverviewRuler: "#171a21" };
