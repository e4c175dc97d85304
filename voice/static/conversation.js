// One person's conversation as this page sees it: plain data and one pure step.
// Nothing here touches the screen, the network or the clock. What comes from the server is a step as well,
// in the form of docs/stream.md.

/**
 * A clean start. `place` is {emergency, crisis, heard, language}: whom to call, the language that can be
 * heard, and the one that the page begins in.
 *
 * at: what the server does: idle, listening, thinking, speaking, confirming, asleep.
 * next: what the server does once the answer is there that it thought about.
 * away: the person has left while a conversation is kept for when the kiosk asks again.
 * connected: whether there is a server. microphone: unasked (nobody wanted to talk yet), on, off (by its
 * button), or why it cannot be (denied, missing, insecure).
 * wake: the phrase that wakes the kiosk, or "". loud: it is too loud here to hear anybody.
 * exchanges: [{heard, replies, notes}], latest last; notes were added to the replies afterwards.
 * aside: {stage, draft, replies} while the visitor's number is asked for (`asking`) or waits for a yes
 * (`confirming`), or null. It stands in front of the exchanges and leaves no trace in them.
 * beside: what the kiosk says beside the open question, or null; no answer was taken yet. confirming: so it
 * asks whether it heard rightly, and doubted is what it heard.
 * heard: the words heard last, final or so far (`partial`). quiet: what is said now was said by the page.
 * speech: {id, sentences, at}: what is spoken, and which sentence of it.
 * language: the one on the screen; chosen: the one that was tapped, or "" while the words are to tell it.
 * held: staff answer instead of the server. askAgainAt: when the server will ask again, alertedAt: since when it is an emergency, both in the clock of
 * the caller, or null.
 * call: the number to show first. trouble: {kind, reason} or null.
 * draft: text to put in the open text field, or null when closed; draftNext: so, once the answer is there.
 */
export function fresh(place) {
  const { emergency, crisis, heard, language } = place;
  return {
    place,
    language,
    heardIn: heard,
    chosen: "",
    at: "idle",
    next: null,
    away: false,
    connected: true,
    microphone: "unasked",
    wake: "",
    loud: false,
    conversation: null,
    exchanges: [],
    aside: null,
    beside: null,
    confirming: false,
    doubted: null,
    heard: null,
    bySpeech: false,
    partial: false,
    quiet: false,
    slow: false,
    buttons: [],
    level: "info",
    done: false,
    anything: false,
    progress: null,
    held: false,
    speech: null,
    askAgainAt: null,
    alertedAt: null,
    trouble: null,
    draft: null,
    draftNext: null,
    numbers: { emergency, crisis },
    call: emergency,
  };
}

/** Whether what is said aloud in the language on the screen cannot be heard here. */
export const deaf = (state) => state.heardIn !== state.language;

/** Whether it is known when somebody is asked again. */
export const waits = (state) => state.askAgainAt !== null && !state.held;

/** Whether answers cannot be given just now. */
export const cutOff = (state) => !state.connected;

/** Whether the screen shows the crisis line first: the same size, without the alarm. */
export const inCrisis = (state) => state.level === "emergency" && state.call !== state.numbers.emergency;

/** Whether only the wake phrase counts, or a touch. */
const resting = (state) => ["idle", "asleep"].includes(state.at);

/** Whether nothing of what was said may be shown: nobody is there. */
const veiled = (state) => state.at === "idle" || state.away;

/** Whether the microphone is to be open. */
export const listens = (state) =>
  state.connected && state.microphone === "on" && !deaf(state) && (state.wake !== "" || !resting(state));

/** What the page looks like: asleep, listening, thinking, speaking, or ready (the person's turn). */
export function face(state) {
  if (state.at === "thinking" || state.at === "speaking") return state.at;
  if (veiled(state)) return standing(state) ? "ready" : "asleep";
  return listens(state) && !resting(state) && !state.loud ? "listening" : "ready";
}

/** An emergency stands on the screen for whoever comes to help, without a word of what was said. */
export const standing = (state) => state.level === "emergency" && !inCrisis(state);

/** What to show of the conversation: {heard, replies}, or null where nothing was said or may be shown. */
export function onScreen(state) {
  const last = state.exchanges.at(-1);
  if (veiled(state)) return standing(state) && last ? { heard: null, replies: last.replies } : null;
  if (state.aside) return { heard: null, replies: state.aside.replies };
  if (state.beside) return { heard: state.doubted ?? last?.heard ?? null, replies: [...(last?.replies ?? []), ...state.beside] };
  return last ? { heard: last.heard, replies: [...last.notes, ...last.replies] } : null;
}

/** The state after `event`. An event that does not fit the state changes nothing. */
export function step(state, event) {
  switch (event.type) {
    case "ready":
      return { ...state, connected: true, heardIn: event.hears, wake: event.wake, numbers: { ...state.numbers, emergency: event.emergency_number }, trouble: state.connected ? state.trouble : null };
    case "lost":
      return { ...state, ...unheard, connected: false, next: null, at: resting(state) ? state.at : "listening", trouble: { kind: event.kind, reason: event.reason }, draft: null };
    case "state":
      return moved(state, event);
    case "sending":
      return { ...state, ...unheard, at: "thinking", next: null, aside: null, heard: event.quiet ? null : event.words, bySpeech: false, quiet: event.quiet, slow: false, trouble: null, draft: null, draftNext: event.draftNext ?? null };
    case "partial":
      return { ...state, heard: event.text, bySpeech: true, partial: true };
    case "heard":
      return state.quiet ? state : { ...state, heard: event.text, bySpeech: event.by === "speech", partial: false };
    case "slow":
      return state.at === "thinking" ? { ...state, slow: true } : state;
    case "answer":
      return answered(state, event);
    case "sentence":
      return state.speech ? { ...state, speech: { ...state.speech, at: event.index } } : state;
    case "hush":
      return state.speech ? { ...state, speech: null } : state;
    case "silent":
      return { ...state, trouble: state.trouble ?? { kind: "mute" } };
    case "error":
      return { ...state, at: state.at === "thinking" ? "listening" : state.at, next: null, trouble: { kind: "refused", reason: event.error } };
    case "back":
      return { ...state, trouble: { kind: "back" } };
    case "loud":
      return { ...state, loud: event.loud };
    case "microphone":
      return microphone(state, event.now);
    case "typing":
      return { ...state, draft: event.draft };
    case "chose":
      return { ...state, language: event.language, chosen: event.language };
    case "left":
      return { ...left(state), ...unheard, away: true, draft: null, beside: null, confirming: false, doubted: null, aside: null };
    case "forgotten":
      return clean(state);
    case "startedOver":
      return { ...clean(state), language: state.language, chosen: state.chosen };
    default:
      throw new Error(`no such event: ${event.type}`);
  }
}

const unheard = { heard: null, partial: false };

function moved(state, { state: at, ask_again_in: wait, now }) {
  // The question that was answered does not come back before the next one is there.
  if (state.at === "thinking" && !["thinking", "idle", "asleep"].includes(at)) return { ...state, next: at };
  const askAgainAt = wait == null ? state.askAgainAt : now + wait * 1000;
  const next = { ...state, at, askAgainAt, away: state.away && at === "asleep", slow: false };
  // The server keeps no conversation any more.
  if (at === "idle" && state.conversation !== null) return dropped(next);
  if (resting(next)) return { ...next, ...unheard, beside: null, confirming: false, doubted: null };
  return at === "listening" && state.at !== at ? { ...next, ...unheard } : next;
}

function microphone(state, now) {
  const kinds = ["denied", "missing", "insecure"];
  const trouble = kinds.includes(now) ? { kind: now } : kinds.includes(state.trouble?.kind) ? null : state.trouble;
  return { ...state, microphone: now, trouble, loud: false, partial: false };
}

function answered(state, answer) {
  const numbers = { ...state.numbers, emergency: answer.emergency_number ?? state.numbers.emergency };
  // Too long a silence, and the server began afresh: what was said before no longer counts.
  const goesOn = state.conversation === null || state.conversation === answer.conversation;
  const before = goesOn ? state.exchanges : [];
  const replies = answer.replies.flatMap((reply) => reply.split("\n"));
  const speech = { id: answer.id, sentences: answer.sentences ?? [], at: -1 };
  const heard = state.quiet || answer.aside ? null : (state.doubted ?? state.heard);
  // Words beside the open question: a turn has not been taken.
  const at = state.next ?? (state.at === "thinking" ? "speaking" : state.at);
  if (answer.beside) return { ...state, at, next: null, beside: replies, confirming: answer.confirming, doubted: answer.confirming ? heard : null, partial: false, quiet: false, buttons: answer.buttons, held: Boolean(answer.held), speech };
  const opened = answer.aside && answer.aside.stage !== "closed";
  return {
    ...state,
    ...unheard,
    at,
    next: null,
    bySpeech: state.bySpeech && heard !== null,
    conversation: answer.conversation,
    exchanges: answer.aside ? noted(before, opened ? [] : replies) : told(before, heard, replies),
    aside: opened ? { ...answer.aside, replies } : null,
    beside: null,
    confirming: false,
    doubted: null,
    quiet: false,
    buttons: answer.buttons ?? [],
    level: answer.level,
    language: answer.language || state.language,
    done: answer.done,
    anything: Boolean(answer.anything),
    progress: answer.progress ?? null,
    held: Boolean(answer.held),
    speech,
    askAgainAt: answer.ask_again_in == null ? null : answer.now + answer.ask_again_in * 1000,
    alertedAt: answer.level === "emergency" ? (state.alertedAt ?? answer.now) : null,
    trouble: state.trouble?.kind === "back" ? state.trouble : answer.audio_error ? { kind: "mute" } : null,
    draft: state.draftNext,
    draftNext: null,
    numbers,
    call: namedFirst(replies.join(" "), numbers) ?? (answer.level === state.level ? state.call : numbers.emergency),
  };
}

// Nothing new to say leaves the last words standing, and so does saying them again.
function told(before, heard, replies) {
  const again = before.at(-1)?.replies.join(" ") === replies.join(" ");
  return replies.length && !again ? [...before, { heard, replies, notes: [] }] : before;
}

// How it went with the number stands above the advice, which is what matters.
const noted = (before, notes) => before.map((one, i) => (i === before.length - 1 ? { ...one, notes } : one));

// A crisis line that the reply names before the emergency number is the one to call first.
function namedFirst(text, { emergency, crisis }) {
  const places = [emergency, crisis].map((number) => ({ number, at: text.indexOf(number) }));
  const named = places.filter(({ at }) => at >= 0).sort((a, b) => a.at - b.at);
  return named[0]?.number ?? null;
}

// What belongs to the kiosk and not to the person.
function clean(state) {
  const { connected, microphone, wake, heardIn, numbers } = state;
  const trouble = connected ? null : state.trouble;
  return { ...fresh(state.place), connected, microphone, wake, heardIn, numbers, trouble, call: numbers.emergency };
}

// The person has left. Of an emergency the advice stays, without a word of what was said.
function left(state) {
  if (!standing(state)) return state;
  const { replies } = state.exchanges.at(-1);
  return { ...state, exchanges: [{ heard: null, replies, notes: [] }], buttons: [] };
}

// The conversation is no more. An emergency still stays on the screen for whoever comes to help.
function dropped(state) {
  if (!standing(state)) return clean(state);
  const { language, call, level, done, alertedAt, exchanges } = left(state);
  return { ...clean(state), language, call, level, done, alertedAt, exchanges };
}
