// One person's conversation as this page sees it: plain data and one pure step.
// Nothing here touches the screen, the network or the clock.

/**
 * A clean start. `place` is {emergency, crisis, heard, language}: whom to call, the language that can be
 * heard, and the one that the page begins in.
 *
 * face: asleep, listening, thinking, speaking, ready (the person's turn).
 * exchanges: [{heard, replies, notes}], latest last; notes were added to the replies afterwards.
 * aside: {stage, draft, replies} while the visitor's number is asked for (`asking`) or waits for a yes
 * (`confirming`), or null. It stands in front of the exchanges and leaves no trace in them.
 * pending: the words on their way to the server.
 * language: the one on the screen; chosen: the one that was tapped, or "" while the words are to tell it.
 * askAgainAt: when to send `timed_out`, in the clock of the caller, or null.
 * call: the number to show first. trouble: {kind, reason} or null. draft: text to put in the open text field, or null when closed.
 */
export function fresh(place) {
  const { emergency, crisis, heard, language } = place;
  return {
    place,
    language,
    heard,
    chosen: "",
    face: "asleep",
    conversation: null,
    exchanges: [],
    aside: null,
    pending: null,
    bySpeech: false,
    slow: false,
    buttons: [],
    level: "info",
    done: false,
    audio: null,
    askAgainAt: null,
    trouble: null,
    draft: null,
    numbers: { emergency, crisis },
    call: emergency,
  };
}

/** Whether what is said aloud in the language on the screen cannot be heard here. */
export const deaf = (state) => state.heard !== state.language;

/** Whether the connection is gone, so that answers cannot be given. */
export const cutOff = (state) => ["offline", "lost"].includes(state.trouble?.kind);

/** The state after `event`. An event that does not fit the state changes nothing. */
export function step(state, event) {
  switch (event.type) {
    case "listening":
      return { ...state, face: "listening", trouble: null, draft: null };
    case "listened":
      return state.face === "listening" ? atRest(state) : state;
    case "sending":
      return { ...state, face: "thinking", pending: event.words, bySpeech: event.bySpeech, slow: false, trouble: null, draft: null };
    case "slow":
      return state.face === "thinking" ? { ...state, slow: true } : state;
    case "answered":
      return answered(state, event);
    case "speaking":
      return state.audio ? { ...state, face: "speaking", draft: null } : state;
    case "spoken":
      return state.face === "speaking" ? atRest(state) : state;
    case "muted":
      return { ...state, trouble: state.trouble ?? { kind: "mute" } };
    case "failed":
      return failed(state, event);
    case "reached":
      return cutOff(state) ? { ...state, trouble: null } : state;
    case "typing":
      return { ...state, draft: event.draft };
    case "forgotten":
      return forgotten(state);
    case "chose":
      return { ...state, language: event.language, chosen: event.language };
    case "startedOver":
      return { ...fresh(state.place), language: state.language, chosen: state.chosen };
    default:
      throw new Error(`no such event: ${event.type}`);
  }
}

function atRest(state) {
  return { ...state, face: state.exchanges.length ? "ready" : "asleep" };
}

function failed(state, { kind, reason, at }) {
  // A wait that is over was to be answered by this turn: it is not tried again and again.
  const askAgainAt = state.askAgainAt > at ? state.askAgainAt : null;
  return { ...atRest(state), pending: null, askAgainAt, trouble: { kind, reason } };
}

function answered(state, { answer, at, quiet, regained }) {
  const numbers = { ...state.numbers, emergency: answer.emergency_number ?? state.numbers.emergency };
  // Too long a silence, and the server began afresh: what was said before no longer counts.
  const goesOn = state.conversation === null || state.conversation === answer.conversation;
  const before = goesOn ? state.exchanges : [];
  const replies = answer.replies.flatMap((reply) => reply.split("\n"));
  const heard = quiet ? null : (answer.heard?.text ?? null);
  const open = answer.aside && answer.aside.stage !== "closed";
  return {
    ...state,
    face: answer.audio ? "speaking" : "ready",
    conversation: answer.conversation,
    exchanges: answer.aside ? noted(before, open ? [] : replies) : told(before, heard, replies),
    aside: open ? { ...answer.aside, replies } : null,
    pending: null,
    buttons: answer.buttons ?? [],
    level: answer.level,
    language: answer.language || state.language,
    done: answer.done,
    audio: answer.audio,
    askAgainAt: answer.ask_again_in == null ? null : at + answer.ask_again_in * 1000,
    trouble: regained ? { kind: "back" } : answer.audio_error ? { kind: "mute" } : null,
    numbers,
    call: namedFirst(replies.join(" "), numbers) ?? (answer.level === state.level ? state.call : numbers.emergency),
  };
}

// Nothing new to say leaves the last words standing.
const told = (before, heard, replies) => (replies.length ? [...before, { heard, replies, notes: [] }] : before);

// How it went with the number stands above the advice, which is what matters.
const noted = (before, notes) => before.map((one, i) => (i === before.length - 1 ? { ...one, notes } : one));

// A crisis line that the reply names before the emergency number is the one to call first.
function namedFirst(text, { emergency, crisis }) {
  const places = [emergency, crisis].map((number) => ({ number, at: text.indexOf(number) }));
  const named = places.filter(({ at }) => at >= 0).sort((a, b) => a.at - b.at);
  return named[0]?.number ?? null;
}

/** Whether the screen shows the crisis line first: the same size, without the alarm. */
export const inCrisis = (state) => state.level === "emergency" && state.call !== state.numbers.emergency;

/**
 * The person has left. An emergency stays on the screen for whoever comes to help, without a word of
 * what was said; everything else goes.
 */
function forgotten(state) {
  if (state.level !== "emergency" || inCrisis(state)) return fresh(state.place);
  const { replies } = state.exchanges.at(-1);
  return { ...fresh(state.place), language: state.language, call: state.call, face: "ready", level: "emergency", done: true, exchanges: [{ heard: null, replies, notes: [] }] };
}
