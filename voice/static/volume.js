// How loud the kiosk speaks, in percent: as loud as ever, until somebody wants it otherwise for themselves.

const STEP = 10;

export class Volume {
  #usual = 100;
  #now = 100;

  /** `on.is(percent)` is told whenever it changes, `on.wanted(percent)` when the server is to know. */
  constructor(on) {
    this.on = on;
  }

  /** The server says how loud it is, or (`usual`) how loud this kiosk is by itself. */
  set(percent, { usual = false } = {}) {
    this.#now = Math.max(0, Math.min(100, percent));
    if (usual) this.#usual = this.#now;
    this.on.is(this.#now);
  }

  /** Somebody wants it louder (1) or quieter (-1). */
  turn(by) {
    this.#want(this.#now + by * STEP);
  }

  /** The next person finds it as it was. */
  restore() {
    if (this.#now !== this.#usual) this.#want(this.#usual);
  }

  #want(percent) {
    this.set(percent);
    this.on.wanted(this.#now);
  }
}
