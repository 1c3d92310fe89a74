// Text that an input method composes (Japanese, Korean, a phone's keyboard), and a key right behind it.
// xterm.js looks how long such a text is a moment after each event. On a busy page Enter comes before that
// moment, and xterm sends the text as long as it was: cut off, or nothing.
const GO_ON = new Set([16, 17, 18, 20, 229]); // keys that xterm takes for a part of composing

export class Composing {
  #from = 0;
  #unsent = false;
  #whole;

  // `area` is what xterm lets people type into.
  constructor(area) {
    this.area = area;
    // before xterm's own: when this moment is over, xterm knows the length
    area.addEventListener("compositionstart", () => this.begin(), true);
    area.addEventListener("compositionend", () => this.end(), true);
  }

  begin() {
    if (!this.#unsent) this.#from = this.area.value.length;
  }

  end() {
    this.#unsent = true;
    setTimeout(() => { this.#unsent = false; });
  }

  // A key that xterm is about to take: it sends what was composed first.
  key(event) {
    if (!this.#unsent || event.type !== "keydown" || GO_ON.has(event.keyCode)) return;
    this.#unsent = false;
    this.#whole = this.area.value.slice(this.#from);
  }

  // What to send for what xterm sends.
  sent(data) {
    const whole = this.#whole ?? data;
    this.#whole = undefined;
    return whole;
  }
}
