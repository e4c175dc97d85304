// The connection to the server: sound, taps and words out; what happens in the conversation in. It comes
// back by itself.

const TRY_AGAIN = [500, 1_000, 2_000, 3_000];
// A connection that is not ready by then leads nowhere.
const READY_WITHIN = 10_000;
// So much sound is waiting to be sent when the network cannot keep up; more would come too late to count.
const MOST_WAITING = 64_000;
const WHY_CLOSED = { 1008: "unpaired", 1013: "full" };

export class Stream {
  #socket = null;
  #tries = 0;
  #timer = null;
  #sound = null;

  /**
   * `hello()` gives the first message of each connection. `on.message(message)` gets every message,
   * `on.sound(piece, wav)` every sentence; `on.lost({kind, reason})` is told when the connection is gone.
   */
  constructor(hello, on) {
    this.hello = hello;
    this.on = on;
  }

  /** Connects now, instead of in a moment. */
  connect() {
    clearTimeout(this.#timer);
    if (this.#socket) return;
    const socket = new WebSocket(`${location.origin.replace("http", "ws")}/voice/stream`);
    socket.binaryType = "arraybuffer";
    this.#socket = socket;
    this.#timer = setTimeout(() => this.drop(), READY_WITHIN);
    socket.onopen = () => this.send("hello", this.hello());
    socket.onmessage = ({ data }) => this.#take(data);
    socket.onclose = ({ code, reason }) => this.#closed(code, reason);
  }

  /** Gives the connection up, when nothing comes through it any more. */
  drop() {
    if (!this.#socket) return;
    // Saying goodbye to somebody who does not answer takes long.
    this.#socket.onclose = this.#socket.onmessage = null;
    this.#socket.close();
    this.#closed(0, "");
  }

  /** Sends {type, ...fields}; false when there is no connection. */
  send(type, fields = {}) {
    if (this.#socket?.readyState !== WebSocket.OPEN) return false;
    this.#socket.send(JSON.stringify({ type, ...fields }));
    return true;
  }

  /** Sends samples of the microphone. */
  sendSound(samples) {
    const socket = this.#socket;
    if (socket?.readyState === WebSocket.OPEN && socket.bufferedAmount < MOST_WAITING) socket.send(samples);
  }

  #ready() {
    this.#tries = 0;
    clearTimeout(this.#timer);
  }

  #closed(code, reason) {
    this.#socket = null;
    this.#sound = null;
    clearTimeout(this.#timer);
    const kind = WHY_CLOSED[code] ?? (navigator.onLine ? "lost" : "offline");
    this.#timer = setTimeout(() => this.connect(), TRY_AGAIN[Math.min(this.#tries++, TRY_AGAIN.length - 1)]);
    this.on.lost({ kind, reason });
  }

  #take(data) {
    if (typeof data !== "string") {
      if (this.#sound) this.on.sound(this.#sound, data);
      this.#sound = null;
      return;
    }
    const message = JSON.parse(data);
    if (message.type === "ready") this.#ready();
    if (message.type === "sound") this.#sound = message;
    else this.on.message(message);
  }
}
