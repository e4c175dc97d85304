// Whether the person has left: nothing said, nothing touched, nothing being spoken.

import { cutOff, face } from "./conversation.js";

const LEFT_AFTER = 45_000;
const EMERGENCY_STAYS = 600_000;
const CLEARING_SHOWN = 15_000;

export class Leaving {
  #lastAt = Date.now();

  /** Somebody is there. */
  stay() {
    this.#lastAt = Date.now();
  }

  /**
   * What to do at `now`: {clearingIn: seconds that are shown, or null; sleep: the conversation is kept for
   * when the kiosk asks again; forget: it is dropped}.
   */
  look(state, now) {
    const nothing = { clearingIn: null, sleep: false, forget: false };
    const shown = face(state);
    const blank = state.exchanges.length === 0 && state.draft === null && (!state.trouble || cutOff(state)) && state.at === "idle";
    if (blank || state.away || !["ready", "listening"].includes(shown)) return nothing;
    // An emergency of which everything else was cleared: it stays for whoever comes to help.
    const standing = state.level === "emergency" && state.conversation === null;
    const left = this.#lastAt + (standing ? EMERGENCY_STAYS : LEFT_AFTER) - now;
    if (left > 0) return { ...nothing, clearingIn: left <= CLEARING_SHOWN ? left / 1000 : null };
    const asksAgain = state.askAgainAt !== null && state.connected;
    return { ...nothing, sleep: asksAgain, forget: !asksAgain };
  }
}
