// What there is to tell about the staff while somebody needs them.

const AGAIN = 5_000;

export class StaffWatch {
  // The conversation that staff are needed for, as long as its result is on the screen.
  #conversation = null;
  #askedAt = 0;

  /** `tell(words)` gets what there is to tell, and null for nothing. */
  constructor(tell) {
    this.tell = tell;
  }

  /** Asks about `conversation` from now on, and about none for null. */
  watch(conversation) {
    if (conversation !== this.#conversation) this.tell(null);
    this.#conversation = conversation;
  }

  /** Asks again when it is time at `now` (ms). */
  async look(now) {
    const conversation = this.#conversation;
    if (!conversation || now - this.#askedAt <= AGAIN) return;
    this.#askedAt = now;
    const words = await notice(conversation);
    if (words && conversation === this.#conversation) this.tell(words);
  }
}

// In words; null when that is not known just now.
async function notice(conversation) {
  try {
    const url = `/desk/notice?conversation=${encodeURIComponent(conversation)}`;
    const response = await fetch(url, { cache: "no-store", signal: AbortSignal.timeout(5_000) });
    return response.ok ? (await response.json()).words || null : null;
  } catch {
    return null;
  }
}
