// One person's conversation as this page sees it: plain data and one pure step.
// Nothing here touches the screen, the network or the clock.

/** Commands of the conversation that the page uses by itself. */
export const GO_BACK = "go back";
export const REPEAT = "repeat";

/**
 * A clean start.
 *
 * face: asleep, listening, thinking, speaking, ready (the person's turn).
 * exchanges: [{heard, replies}], latest last. pending: the words on their way to the server.
 * askAgainAt: when to send `timed_out`, in the clock of the caller, or null.
 * trouble: {kind, reason} or null. draft: text to put in the open text field, or null when closed.
 */
export function fresh(call) {
  return {
    face: "asleep",
    conversation: null,
    exchanges: [],
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
    call,
  };
}

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
    case "startedOver":
      return fresh(state.call);
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
  const exchange = { heard: quiet ? null : (answer.heard?.text ?? null), replies: answer.replies };
  return {
    ...state,
    face: answer.audio ? "speaking" : "ready",
    conversation: answer.conversation,
    exchanges: [...state.exchanges, exchange],
    pending: null,
    buttons: answer.buttons ?? [],
    level: answer.level,
    done: answer.done,
    audio: answer.audio,
    askAgainAt: answer.ask_again_in == null ? null : at + answer.ask_again_in * 1000,
    trouble: regained ? { kind: "back" } : answer.audio_error ? { kind: "mute" } : null,
    call: answer.emergency_number ?? state.call,
  };
}

/**
 * The person has left. An emergency stays on the screen for whoever comes to help, without a word of
 * what was said; everything else goes.
 */
function forgotten(state) {
  if (state.level !== "emergency" || !state.exchanges.length) return fresh(state.call);
  const { replies } = state.exchanges.at(-1);
  return { ...fresh(state.call), face: "ready", level: "emergency", done: true, exchanges: [{ heard: null, replies }] };
}
