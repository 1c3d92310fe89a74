// One terminal's WebSocket, which comes back by itself and goes on where it was.
import { Stream } from "./stream.js";

const ENDED = 4000, NO_TERMINAL = 4004;
const PAUSES = [0, 500, 1000, 2000, 4000, 8000]; // ms before each try
const ASLEEP = 15000; // ms by which a clock jumps when the machine was asleep
const HELD = 4096; // characters typed while nobody listens

// `start` is the offset to begin at: what is drawn of the past, not the whole history.
// `on` has hello(message, {fresh, missed}), missed(count), bytes(data, drawn), told(message),
// state(state).
// A state is {is: "open" | "waiting" | "connecting" | "ended" | "gone" | "refused", until, status}.
export class Connection {
  constructor(address, start, probe, on) {
    this.address = address;
    this.start = start;
    this.probe = probe;
    this.on = on;
    this.stream = new Stream();
    this.socket = null;
    this.tries = 0;
    this.held = "";
    this.closed = false;
    this.again = () => this.hurry();
    addEventListener("online", this.again);
    document.addEventListener("visibilitychange", this.again);
    let last = Date.now();
    this.watch = setInterval(() => {
      // After a sleep the socket looks open and is not: a new one costs nothing and loses nothing.
      if (Date.now() - last > ASLEEP) this.renew();
      last = Date.now();
    }, 5000);
    this.open();
  }

  open() {
    clearTimeout(this.timer);
    const address = new URL(this.address);
    address.searchParams.set("kind", "browser");
    address.searchParams.set("offset", this.stream.wanted ?? this.start);
    if (this.stream.life !== null) address.searchParams.set("life", this.stream.life);
    const socket = new WebSocket(address);
    socket.greeted = false;
    socket.binaryType = "arraybuffer";
    this.socket = socket;
    this.state({ is: "connecting" });
    socket.onmessage = ({ data }) => this.receive(socket, data);
    socket.onclose = ({ code }) => this.lost(socket, code);
  }

  receive(socket, data) {
    if (socket !== this.socket) return;
    if (typeof data !== "string") {
      const bytes = new Uint8Array(data);
      this.stream.received(bytes.length);
      const { life } = this.stream;
      this.on.bytes(bytes, () => {
        if (this.stream.life !== life) return;
        const shown = this.stream.shown(bytes.length);
        if (shown !== null) this.tell({ shown });
      });
      return;
    }
    const message = JSON.parse(data);
    if (socket.greeted) {
      if ("offset" in message) this.on.missed(this.stream.skipped(message.offset));
      else this.on.told(message);
      return;
    }
    socket.greeted = true;
    const found = this.stream.hello(message);
    this.tries = 0;
    this.state({ is: "open" });
    this.on.hello(message, found);
    // said once, it lets the supervisor send no more than can be drawn
    this.tell({ shown: this.stream.drawn });
    const held = found.fresh ? "" : this.held;
    this.held = "";
    if (held) this.type(held);
  }

  async lost(socket, code) {
    if (socket !== this.socket || this.closed) return;
    this.socket = null;
    if (code === ENDED) return this.state({ is: "ended" });
    if (code === NO_TERMINAL) return this.state({ is: "gone" });
    const pause = PAUSES[Math.min(this.tries, PAUSES.length - 1)];
    this.tries += 1;
    if (this.tries > 2) {
      const status = await this.probe();
      if (this.socket || this.closed) return;
      if (status) return this.state({ is: "refused", status });
    }
    this.state({ is: "waiting", until: Date.now() + pause });
    this.timer = setTimeout(() => this.open(), pause);
  }

  // A try at once: the network is back, or somebody looks.
  hurry() {
    if (this.closed || this.socket || ["ended", "gone"].includes(this.now?.is)) return;
    if (document.visibilityState === "visible" || navigator.onLine) {
      this.tries = Math.min(this.tries, 2);
      this.open();
    }
  }

  renew() {
    const { socket } = this;
    if (!socket || this.closed) return;
    this.socket = null;
    socket.close();
    this.open();
  }

  // A socket that is closing takes nothing any more, and that it is lost is told later.
  get takes() {
    return this.now?.is === "open" && this.socket?.readyState === WebSocket.OPEN;
  }

  type(text) {
    if (this.takes) this.socket.send(new TextEncoder().encode(text));
    else if (this.held.length + text.length <= HELD) this.held += text;
  }

  // Bytes as they are: old mouse reports are no UTF-8.
  typeBytes(binary) {
    if (this.takes) this.socket.send(Uint8Array.from(binary, one => one.charCodeAt(0)));
  }

  tell(message) {
    if (this.takes) this.socket.send(JSON.stringify(message));
  }

  state(state) {
    this.now = state;
    this.on.state(state);
  }

  close() {
    this.closed = true;
    clearTimeout(this.timer);
    clearInterval(this.watch);
    removeEventListener("online", this.again);
    document.removeEventListener("visibilitychange", this.again);
    this.socket?.close();
    this.socket = null;
  }
}
