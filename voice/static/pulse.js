// Whether the server is still there: one that vanished without a word keeps its connection for minutes.

const SLOW_AFTER = 5_000;
const LOST_AFTER = 20_000;
// Over the last words of an utterance, the server may measure nothing for 10 s.
const UNMEASURED_AFTER = 12_000;

export class Pulse {
  #thinkingSince = null;
  // Sound that was sent is answered with how loud it is. Not by every server: one that never did may be deaf.
  #measures = false;
  #sentSince = null;

  /** Whether the server thinks about an answer, at `now` (ms). */
  thinks(thinking, now) {
    this.#thinkingSince = thinking ? (this.#thinkingSince ?? now) : null;
    if (thinking) this.#sentSince = null;
  }

  /** Sound was sent. */
  sent(now) {
    if (this.#measures && this.#thinkingSince === null) this.#sentSince ??= now;
  }

  /** It was told how loud it is. */
  measured() {
    this.#measures = true;
    this.#sentSince = null;
  }

  /** The connection is gone, and another one may be to another server. */
  lost() {
    this.#measures = false;
    this.#sentSince = null;
  }

  /** How it is at `now`: "well", "slow" or "lost". */
  look(now) {
    const thinking = this.#thinkingSince === null ? 0 : now - this.#thinkingSince;
    const unmeasured = this.#sentSince === null ? 0 : now - this.#sentSince;
    if (thinking > LOST_AFTER || unmeasured > UNMEASURED_AFTER) return "lost";
    return thinking > SLOW_AFTER ? "slow" : "well";
  }
}
