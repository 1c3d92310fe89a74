// What the supervisor tells of ports: in words, and what of it is news. Pure.

/**
 * @typedef {{port: number, served: boolean, process: string, visibility: string, url: string, name: string,
 *   description: string, on_open: string}} Port as /v1/ports tells of it
 */

/** @param {Port} port */
const titled = (port) => (port.name ? `${port.port} ${port.name}` : String(port.port));

/** @param {Port} port */
function described(port) {
  const who = port.served ? port.process : "nothing listens";
  return [who, port.visibility].filter(Boolean).join(" · ");
}

const READERS = { private: "private: you alone", public: "public: anybody with the address" };

/** All of it, where there is room. @param {Port} port */
function told(port) {
  const who = port.served ? port.process && `served by ${port.process}` : "nothing listens";
  const whom = READERS[port.visibility] ?? port.visibility;
  return [titled(port), port.description, port.url, [who, whom].filter(Boolean).join(" · ")].filter(Boolean).join("\n");
}

/**
 * Browsers hold tabs back that nobody clicked for, and tell VS Code nothing of it.
 * @param {Port} port
 * @param {string} what is done about it
 */
function news(port, what) {
  const by = port.process ? ` (${port.process})` : "";
  const name = port.name ? `${port.name}: port` : "Port";
  const held = what === "open-browser" ? " If the browser has held its tab back, open it here." : "";
  return `${name} ${port.port}${by} is served.${held}`;
}

/** Which ports are served that no window has told of since the workspace started. */
class News {
  #start;
  #told;

  /**
   * @param {string} start which start of the workspace this is
   * @param {{start: string, ports: number[]}=} kept what another window has kept
   */
  constructor(start, kept) {
    this.#start = start;
    this.#told = new Set(kept?.start === start ? kept.ports : []);
  }

  /** @param {Port[]} all @returns {Port[]} */
  take(all) {
    const before = this.#told;
    const served = all.filter((port) => port.served);
    this.#told = new Set(served.map((port) => port.port));
    return served.filter((port) => !before.has(port.port));
  }

  /** What the next window is to be given. */
  get kept() {
    return { start: this.#start, ports: [...this.#told] };
  }
}

/**
 * @param {Port} port
 * @param {boolean} seen whether a person looks at this window: only there may a page open by itself
 * @returns {"notify" | "open-browser" | "open-preview" | ""}
 */
function action(port, seen) {
  const wished = port.on_open;
  if (!port.url || wished.startsWith("ignore")) return "";
  if (["open-browser", "open-preview"].includes(wished) && seen) return wished;
  return "notify";
}

module.exports = { titled, described, news, told, News, action };
