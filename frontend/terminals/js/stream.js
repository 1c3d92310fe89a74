// How far a terminal's output has been read. Pure: events in, what has to be done out.
// Offsets count bytes since the terminal was opened. A viewer that comes back names the
// offset after the last byte it was given, so that nothing is lost and nothing comes twice.

export const ACKNOWLEDGE = 131072; // bytes drawn after which the supervisor is told

export class Stream {
  constructor() {
    this.offset = 0; // after the last byte received
    this.drawn = 0; // after the last byte that is on the screen
    this.told = 0; // of which the supervisor knows
    this.life = null; // which terminal's bytes these are: one of the same id may be another
  }

  // What to ask for: the whole of what is kept the first time, then what follows.
  get wanted() {
    return this.life === null ? null : this.offset;
  }

  // The first message of a connection. `fresh`: what is on the screen belongs to another
  // life of the terminal. `missed`: bytes that are kept no more.
  hello({ offset, life }) {
    const first = this.life === null;
    const fresh = !first && life !== this.life;
    const missed = first || fresh ? 0 : offset - this.offset;
    if (first || fresh || missed) this.drawn = this.told = offset;
    this.offset = offset;
    this.life = life;
    return { fresh, missed };
  }

  // The terminal was faster for longer than its history reaches back; returns what is missed.
  skipped(offset) {
    const missed = offset - this.offset;
    this.offset = this.drawn = this.told = offset;
    return missed;
  }

  received(count) {
    this.offset += count;
  }

  // Bytes are on the screen; returns the offset to tell, or null while that is not worth it.
  shown(count) {
    this.drawn += count;
    if (this.drawn - this.told < ACKNOWLEDGE && this.drawn < this.offset) return null;
    if (this.drawn === this.told) return null;
    this.told = this.drawn;
    return this.drawn;
  }
}
