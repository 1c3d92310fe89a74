// A terminal of the supervisor as VS Code's: a Pseudoterminal that comes back with the offset it has read up to.
const { StringDecoder } = require("node:string_decoder");
const { Past } = require("./replay");

const PAST = 1000000; // bytes of output that a new window shows
const PAUSES = [200, 5000]; // ms until a lost connection is tried again: at first, and at most
const MOST_INPUT = 65536; // characters typed while there is none
const PACE = { bytes: 262144, ms: 40 }; // VS Code does not tell what its screen has drawn: so much, for each of these
const NO_TERMINAL = 4004;
const ENDED = 4000;

/** @template T @returns {{event: (listener: (value: T) => void) => {dispose(): void}, fire(value: T): void}} */
function emitter() {
  const listeners = new Set();
  return {
    event(listener) {
      listeners.add(listener);
      return { dispose: () => listeners.delete(listener) };
    },
    fire(value) {
      for (const listener of [...listeners]) listener(value);
    },
  };
}

class Attachment {
  #connect;
  #socket;
  #open = false;
  #timer;
  #pause = PAUSES[0];
  #over = false;
  #offset; // of the next byte
  #life = ""; // another for another terminal of the same id
  #drawn = 0; // offset up to which the supervisor has been told that it is on the screen
  #live = 0; // offset at which the past ends
  #decoder = new StringDecoder("utf8");
  #past = new Past();
  #input = [];
  #size;
  #focused = false;
  #timerOfPace;
  #write = emitter();
  #close = emitter();
  #name = emitter();
  #dimensions = emitter();

  /**
   * @param {string} id
   * @param {(target: string) => any} connect gives a WebSocket of the library ws
   * @param {number=} live offset from which on output is news
   */
  constructor(id, connect, live = 0) {
    this.id = id;
    this.#connect = connect;
    this.#live = live;
    this.onDidWrite = this.#write.event;
    this.onDidClose = this.#close.event;
    this.onDidChangeName = this.#name.event;
    this.onDidOverrideDimensions = this.#dimensions.event;
  }

  // --- VS Code's side ---

  open(size) {
    this.#size = size;
    this.#dial();
  }

  /** The view is gone; the terminal lives on. */
  close() {
    this.#over = true;
    clearTimeout(this.#timer);
    clearTimeout(this.#timerOfPace);
    if (this.#socket) this.#socket.close();
  }

  handleInput(text) {
    if (this.#open) this.#socket.send(Buffer.from(text));
    else if (!this.#over && this.#input.join("").length < MOST_INPUT) this.#input.push(text);
  }

  /** Counts as the terminal's, until the supervisor says that another viewer decides. */
  setDimensions(size) {
    this.#size = size;
    this.#dimensions.fire(undefined);
    this.#tell({ cols: size.columns, rows: size.rows });
  }

  /** @param {boolean} focused whether the person looks at it */
  focus(focused) {
    if (focused === this.#focused) return;
    this.#focused = focused;
    this.#tell({ focused });
  }

  // --- the supervisor's side ---

  #tell(message) {
    if (this.#open) this.#socket.send(JSON.stringify(message));
  }

  #dial() {
    const from = this.#offset === undefined ? -PAST : this.#offset;
    const life = this.#life ? `&life=${this.#life}` : "";
    const socket = this.#connect(`/v1/terminals/${this.id}?offset=${from}${life}&kind=vscode`);
    this.#socket = socket;
    socket.binaryType = "nodebuffer";
    socket.on("error", () => {}); // a close follows
    socket.on("message", (data, binary) => {
      if (this.#over || socket !== this.#socket) return;
      if (binary) this.#take(data);
      else this.#hear(JSON.parse(data.toString()));
    });
    socket.on("close", (code) => this.#lost(code));
  }

  #lost(code) {
    this.#open = false;
    if (this.#over) return;
    if (code === ENDED || code === NO_TERMINAL) {
      this.#end(undefined);
      return;
    }
    this.#timer = setTimeout(() => this.#dial(), this.#pause);
    this.#pause = Math.min(this.#pause * 2, PAUSES[1]);
  }

  #end(code) {
    if (this.#over) return;
    this.#over = true;
    this.#write.fire(this.#past.end() + this.#decoder.end());
    this.#close.fire(code);
    if (this.#socket) this.#socket.close();
  }

  #hear(message) {
    if (message.exit) {
      const { code } = message.exit;
      this.#end(code || undefined);
      return;
    }
    if (message.title) this.#name.fire(message.title);
    if (message.pid !== undefined) this.#begin(message);
    else if (message.offset !== undefined) this.#skip(message);
    else if (message.cols && message.rows) this.#fit(message.cols, message.rows);
  }

  #begin(hello) {
    this.#pause = PAUSES[0];
    this.#open = true;
    if (this.#offset === undefined || hello.life !== this.#life) {
      this.#offset = hello.offset;
      if (hello.modes) this.#write.fire(hello.modes);
    } else if (hello.offset !== this.#offset) this.#skip(hello);
    this.#life = hello.life;
    this.#drawn = this.#offset;
    this.#tell({ shown: this.#drawn });
    if (this.#size) this.setDimensions(this.#size);
    else this.#fit(hello.cols, hello.rows);
    if (this.#focused) this.#tell({ focused: true });
    for (const text of this.#input.splice(0)) this.#socket.send(Buffer.from(text));
  }

  #skip({ offset, modes = "" }) {
    this.#write.fire(`${modes}\r\n\x1b[2m[${offset - this.#offset} bytes are too long ago]\x1b[0m\r\n`);
    this.#offset = offset;
  }

  /** Another viewer may be smaller: show what the shell believes. */
  #fit(columns, rows) {
    const own = this.#size && columns === this.#size.columns && rows === this.#size.rows;
    this.#dimensions.fire(own ? undefined : { columns, rows });
  }

  #take(data) {
    const old = Math.max(0, Math.min(data.length, this.#live - this.#offset));
    this.#offset += data.length;
    let text = "";
    if (old) text += this.#past.take(this.#decoder.write(data.subarray(0, old)));
    if (data.length > old) text += this.#past.end() + this.#decoder.write(data.subarray(old));
    if (text) this.#write.fire(text);
    this.#timerOfPace ||= setTimeout(() => this.#pace(), PACE.ms);
  }

  #pace() {
    this.#drawn = Math.min(this.#offset, this.#drawn + PACE.bytes);
    this.#tell({ shown: this.#drawn });
    const more = this.#drawn < this.#offset;
    this.#timerOfPace = more ? setTimeout(() => this.#pace(), PACE.ms) : undefined;
  }
}

module.exports = { Attachment, emitter };
