// Whether it is too loud here to hear anybody: told only of what lasts, so that the page does not flicker.

const LOUD_AFTER = 2_000;
const QUIET_AFTER = 4_000;

export class Noise {
  #loud = false;
  #since = null;

  /** Takes what the server measured at `now` (ms); gives whether it is too loud. */
  hear(tooLoud, now) {
    if (tooLoud === this.#loud) {
      this.#since = null;
      return this.#loud;
    }
    this.#since ??= now;
    if (now - this.#since < (tooLoud ? LOUD_AFTER : QUIET_AFTER)) return this.#loud;
    this.#since = null;
    return (this.#loud = tooLoud);
  }
}
