// What stands on the screen in an emergency: the number, since when, what to say, and who knows.

import { inCrisis } from "./conversation.js";
import { clock, el, filled, setText } from "./dom.js";

/** Shows whom to call, large in an emergency and at the foot of the page always. */
export function render(state, words) {
  const emergency = state.level === "emergency";
  el.call.hidden = !emergency;
  for (const link of [el["call-number"], el["footer-call"]]) link.href = `tel:${state.call.replace(/[^+\d]/g, "")}`;
  setText(el["call-number"], state.call);
  el["call-number"].toggleAttribute("data-long", state.call.length > 4);
  setText(el["footer-words"], filled(words.footer_call, { number: state.call }));
  el.phone.hidden = !emergency || inCrisis(state);
  el.caption.setAttribute("aria-live", emergency ? "assertive" : "polite");
}

/** Shows the seconds since the alert, or nothing for null. */
export function since(seconds) {
  el.since.hidden = seconds === null;
  if (seconds !== null) setText(el["since-time"], clock(seconds));
}

/** Shows what there is to tell about the staff, or nothing for null. */
export function staff(words) {
  el.staff.hidden = words === null;
  setText(el.staff, words ?? "");
}
