// Whether the person has left: nothing said, nothing touched, nothing being spoken.

import { cutOff, face, standing } from "./conversation.js";

const LEFT_AFTER = 45_000;
const EMERGENCY_STAYS = 600_000;
const CLEARING_SHOWN = 25_000;

export class Leaving {
  #lastAt = Date.now();

  /** Somebody is there. */
  stay() {
    this.#lastAt = Date.now();
  }

  /**
   * What to do at `now`: {clearingIn: seconds that are shown, or null; sleep: nothing of the conversation is
   * shown any more, and it is kept; forget: it is dropped; restore: nobody is here}.
   */
  look(state, now) {
    const nothing = { clearingIn: null, sleep: false, forget: false, restore: false };
    const blank = state.exchanges.length === 0 && state.draft === null && (!state.trouble || cutOff(state)) && state.at === "idle";
    if (blank) return { ...nothing, restore: now - this.#lastAt > LEFT_AFTER };
    if (!["ready", "listening"].includes(face(state))) return nothing;
    // It stays for whoever comes to help, and its conversation for what staff write to them.
    const emergency = standing(state);
    const cleared = emergency && (state.away || state.conversation === null);
    const left = this.#lastAt + (cleared ? EMERGENCY_STAYS : LEFT_AFTER) - now;
    if (left > 0) return { ...nothing, clearingIn: left <= CLEARING_SHOWN ? left / 1000 : null };
    const kept = emergency ? !cleared : state.askAgainAt !== null && state.connected;
    return { ...nothing, sleep: kept, forget: !kept };
  }
}
