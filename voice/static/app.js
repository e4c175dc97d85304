// Wires the page: taps and time in, the conversation's step, and what follows from it.

import { cutOff, deaf, fresh, step } from "./conversation.js";
import * as earcon from "./earcon.js";
import { listen, MicrophoneError } from "./microphone.js";
import { reachable, sendEvent, sendSound, sendText, staffNotice, TurnError } from "./server.js";
import { Speaker } from "./speaker.js";
import * as view from "./view.js";
import { WORDS } from "./words.js";

const SLOW_AFTER = 5_000;
const IDLE_AFTER = 120_000;
const EMERGENCY_STAYS = 600_000;
const CLEARING_SHOWN = 15_000;
const LOOK_AGAIN = { cutOff: 3_000, asleep: 30_000, staff: 5_000 };
const STAFF_NEEDED = ["urgent", "emergency"];

const find = (id) => document.getElementById(id);
let state = fresh({ ...document.body.dataset, language: document.documentElement.lang });
let turn = new AbortController();
let speaker = null;
let ear = null;
let opening = false;
let lost = null;
let touchedAt = Date.now();
let lookedAt = Date.now();
// The conversation that staff are needed for, as long as its result is on the screen.
let watched = null;
let watchedAt = 0;

function go(event) {
  state = step(state, event);
  view.render(state, answerTapped, startOver);
  countDown();
}

function countDown() {
  view.countdown(state.askAgainAt === null ? null : (state.askAgainAt - Date.now()) / 1000);
}

// Browsers give out sound only after a touch, so it is made at the first one.
function unlockSound() {
  speaker ??= new Speaker(new AudioContext());
  if (speaker.context.state === "suspended") speaker.context.resume();
}

/**
 * One turn. `request(conversation, language, signal)` sends it; `safeTwice` says that it may be sent again when
 * nobody knows whether it arrived. Returns whether an answer came.
 */
async function take(request, { words = null, bySpeech = false, quiet = false, safeTwice = false, regained = false } = {}) {
  hush();
  const mine = (turn = new AbortController());
  const twice = safeTwice || state.conversation === null;
  go({ type: "sending", words, bySpeech });
  const slow = setTimeout(() => go({ type: "slow" }), SLOW_AFTER);
  try {
    const answer = await request(state.conversation, state.chosen, mine.signal);
    if (turn !== mine) return false;
    lost = null;
    touchedAt = Date.now();
    go({ type: "answered", answer, at: touchedAt, quiet, regained });
    watch(STAFF_NEEDED.includes(answer.level) ? answer.conversation : null);
    if (state.audio) speak();
    return true;
  } catch (error) {
    if (turn !== mine) return false;
    if (!(error instanceof TurnError)) throw error;
    lost = twice ? () => take(request, { words, bySpeech, quiet, safeTwice }) : null;
    lookedAt = touchedAt = Date.now();
    go({ type: "failed", kind: error.kind, reason: error.reason, at: touchedAt });
    return false;
  } finally {
    clearTimeout(slow);
  }
}

async function speak() {
  const { audio } = state;
  const audible = speaker !== null && (await speaker.play(audio, view.caption));
  if (state.audio !== audio) return;
  touchedAt = Date.now();
  if (!audible) go({ type: "muted" });
  go({ type: "spoken" });
}

async function talk() {
  if (ear) return ear.finish();
  if (cutOff(state)) return reconnect();
  if (opening || state.face === "thinking") return undefined;
  if (deaf(state)) return go({ type: "typing", draft: "" });
  hush();
  opening = true;
  try {
    ear = await listen(speaker.context, view.loudness);
  } catch (error) {
    if (!(error instanceof MicrophoneError)) throw error;
    return go({ type: "failed", kind: error.kind, at: Date.now() });
  } finally {
    opening = false;
  }
  go({ type: "listening" });
  earcon.listening(speaker.context);
  const wav = await ear.heard;
  ear = null;
  touchedAt = Date.now();
  if (state.face !== "listening") return undefined;
  if (!wav) return tellEvent(state.conversation ? "silence" : "started");
  earcon.heard(speaker.context);
  return take((conversation, language, signal) => sendSound(conversation, language, wav, signal), { bySpeech: true });
}

const tell = (words, options = {}) =>
  take((conversation, language, signal) => sendText(conversation, language, words, signal), { words, ...options });

const tellEvent = (name) =>
  take((conversation, language, signal) => sendEvent(conversation, language, name, signal), { safeTwice: true });

const answerTapped = (button) => tell(button.say);

async function correct() {
  const misheard = state.exchanges.at(-1)?.heard ?? "";
  if (await tell(WORDS[state.language].commands.back, { words: null, quiet: true })) go({ type: "typing", draft: misheard });
}

/** Speaks another language: by its name in a conversation, and otherwise from the first words on. */
function choose({ lang, textContent }) {
  if (state.face === "thinking" || lang === state.language) return;
  hush();
  if (state.conversation) tell(textContent, { words: null, quiet: true });
  else go({ type: "chose", language: lang });
}

/** Stops listening and speaking; nothing of it is sent. */
function hush() {
  if (ear) go({ type: "listened" });
  ear?.cancel();
  speaker?.stop();
}

function watch(conversation) {
  if (conversation !== watched) view.staff(null);
  watched = conversation;
}

async function askAboutStaff() {
  watchedAt = Date.now();
  const conversation = watched;
  const words = await staffNotice(conversation);
  if (words && conversation === watched) view.staff(words);
}

function startOver() {
  watch(null);
  turn.abort();
  turn = new AbortController();
  lost = null;
  go({ type: "startedOver" });
  hush();
  find("talk").focus();
}

/** Tries to get the server back; what may have arrived is not sent twice but asked for again. */
async function reconnect() {
  lookedAt = Date.now();
  const up = await reachable();
  if (state.face === "thinking" || state.face === "listening") return;
  if (!up && !cutOff(state)) go({ type: "failed", kind: navigator.onLine ? "lost" : "offline", at: lookedAt });
  if (!up || !cutOff(state)) return;
  if (lost) await lost();
  else if (state.conversation) await tell(WORDS[state.language].commands.repeat, { words: null, quiet: true, regained: true });
  else go({ type: "reached" });
}

function tick() {
  const now = Date.now();
  const resting = ["ready", "asleep"].includes(state.face);
  countDown();
  if (watched && now - watchedAt > LOOK_AGAIN.staff) askAboutStaff();
  if (resting && now - lookedAt > LOOK_AGAIN.cutOff && cutOff(state)) reconnect();
  else if (state.face === "asleep" && now - lookedAt > LOOK_AGAIN.asleep) reconnect();
  else if (state.face === "ready" && state.askAgainAt !== null && now >= state.askAgainAt && !view.typed()) tellEvent("timed_out");
  else forgetWhenLeft(now, resting);
}

function forgetWhenLeft(now, resting) {
  const blank = state.exchanges.length === 0 && state.draft === null && !state.trouble;
  const helperNeeded = state.level === "emergency" && state.conversation === null;
  const left = touchedAt + (helperNeeded ? EMERGENCY_STAYS : IDLE_AFTER) - now;
  const counting = resting && !blank && state.askAgainAt === null;
  view.idle(counting && left <= CLEARING_SHOWN ? Math.max(0, left / 1000) : null);
  if (!counting || left > 0) return;
  lost = null;
  // An emergency stays on the screen, and so does what is known about the staff.
  if (helperNeeded || state.level !== "emergency") watch(null);
  go({ type: helperNeeded ? "startedOver" : "forgotten" });
}

function touched() {
  touchedAt = Date.now();
  unlockSound();
}

document.addEventListener("pointerdown", touched);
document.addEventListener("keydown", (event) => {
  touched();
  if (event.key !== "Escape") return;
  hush();
  if (state.draft !== null) go({ type: "typing", draft: null });
});
find("talk").addEventListener("click", () => {
  touched();
  talk();
});
find("type").addEventListener("click", () => {
  hush();
  go({ type: "typing", draft: state.draft === null ? "" : null });
});
find("again").addEventListener("click", () => {
  touched();
  if (state.face === "asleep") tellEvent("started");
  else {
    hush();
    go({ type: "speaking" });
    speak();
  }
});
for (const button of find("languages").children) button.addEventListener("click", () => choose(button));
find("typing").addEventListener("submit", (event) => {
  event.preventDefault();
  if (view.typed()) tell(view.typed());
});
find("pad").addEventListener("submit", (event) => {
  event.preventDefault();
  if (view.dialled()) tell(view.dialled(), { words: null, quiet: true });
});
for (const key of find("pad-keys").children) key.addEventListener("click", () => view.press(key.value));
find("not-right").addEventListener("click", correct);
find("start-over").addEventListener("click", startOver);
find("try-again").addEventListener("click", reconnect);
window.addEventListener("offline", reconnect);
window.addEventListener("online", reconnect);
setInterval(tick, 250);
go({ type: "startedOver" });
