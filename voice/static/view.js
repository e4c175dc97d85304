// Puts a state of the conversation on the screen. It decides nothing and remembers nothing but what is
// already shown.

import * as answers from "./answers.js";
import { cutOff, deaf, face, inCrisis, listens, onScreen, waits } from "./conversation.js";
import { clock, el, filled, make, setIcon, setText } from "./dom.js";
import * as emergency from "./emergency.js";
import { WORDS } from "./words.js";

const TALK_ICON = { listening: "done", thinking: "dots", speaking: "quiet", cut_off: "restart", deaf: "keyboard" };
const PEEK = 56;
let words = WORDS[document.documentElement.lang];
let shown = "";

/** Shows `state`; `onAnswer(button)` is called when an answer is tapped, `onStartAgain()` for a new start. */
export function render(state, onAnswer, onStartAgain) {
  speakLanguage(state.language);
  const now = face(state);
  const current = now === "thinking" ? null : onScreen(state);
  const { dataset } = document.body;
  dataset.face = now;
  dataset.level = now === "asleep" ? "info" : state.level;
  document.body.toggleAttribute("data-first", !current && now !== "thinking" && state.exchanges.length === 0);
  document.body.toggleAttribute("data-crisis", inCrisis(state));
  document.body.toggleAttribute("data-typing", state.draft !== null);
  document.body.toggleAttribute("data-aside", state.aside !== null);
  document.body.toggleAttribute("data-loud", state.loud);
  el["start-over"].hidden = now === "asleep" && state.draft === null;
  setText(el.status, statusOf(state, now));
  emergency.render(now === "asleep" ? { ...state, level: "info" } : state, words);
  showTrouble(state);
  showLevel(state, now);
  showProgress(state, now);
  showHeard(state, current);
  // What can be tapped takes room from the stage, so it comes before what is to be in view there.
  answers.render(state, words, onAnswer, onStartAgain);
  showWords(state, now, current);
  showMicrophone(state);
  showDock(state, now);
}

/** Shows how loud it is (decibels of full scale), and whether a voice is made out. */
export function loudness(db, speech, state) {
  // -50 dB is nothing, -10 dB is all.
  el.ring.style.setProperty("--loudness", Math.min(1, Math.max(0, (db + 50) / 40)).toFixed(3));
  if (face(state) === "listening" && !state.confirming) setText(el.status, speech ? words.status.hearing : words.status.listening);
}

/** Lights the words that the voice has reached: `share` (0 to 1) of sentence `at` of `sentences`. */
export function caption({ sentences, at }, share) {
  const lengths = sentences.map((sentence) => sentence.length);
  const total = lengths.reduce((sum, length) => sum + length, 0);
  const before = lengths.slice(0, at).reduce((sum, length) => sum + length, 0);
  const progress = (before + lengths[at] * share) / total;
  const spans = [...el.words.querySelectorAll(".spoken .word")];
  const letters = spans.reduce((sum, word) => sum + word.textContent.length, 0);
  let reached = 0;
  for (const word of spans) {
    word.classList.toggle("said", reached <= letters * progress);
    reached += word.textContent.length;
  }
}

/** Shows the seconds until the kiosk asks again, or nothing for null. */
export function countdown(seconds) {
  el.wait.hidden = seconds === null;
  if (seconds !== null) setText(el["wait-time"], clock(Math.ceil(seconds)));
}

/** Says that the screen will be cleared in `seconds`, or nothing for null. */
export function idle(seconds) {
  const clearing = seconds === null ? "" : filled(words.clearing, { seconds: Math.ceil(seconds) });
  setText(el["small-print"], clearing || words.small_print);
  // A screen reader says it once, and not every second.
  if (!clearing || !el.clearing.textContent) setText(el.clearing, clearing);
  el["small-print"].classList.toggle("notice", seconds !== null);
}

/** Shows how loud the kiosk speaks, in percent. */
export function volume(percent) {
  setText(el["volume-now"], filled(words.volume.now, { percent }));
  el.quieter.disabled = percent <= 0;
  el.louder.disabled = percent >= 100;
}

// Every word that stands on the page by itself, in another language.
function speakLanguage(language) {
  const { documentElement } = document;
  if (documentElement.lang === language) return;
  documentElement.lang = language;
  words = WORDS[language];
  const named = (name) => name.split(".").reduce((group, part) => group[part], words);
  for (const node of document.querySelectorAll("[data-words]")) setText(node, named(node.dataset.words));
  for (const node of document.querySelectorAll("[data-label]")) node.setAttribute("aria-label", named(node.dataset.label));
  for (const button of el.languages.children) button.setAttribute("aria-pressed", String(button.lang === language));
  idle(null);
}

function statusOf(state, now) {
  const { status } = words;
  if (cutOff(state)) return status.cut_off;
  if (state.confirming && now !== "speaking") return status.confirming;
  if (now === "asleep" && listens(state)) return filled(status.wake, { wake: state.wake });
  if (now === "thinking" && state.slow) return status.slow;
  if (now === "ready" && state.loud) return status.loud;
  // The result's level, or the countdown, stands where the status was.
  if (now === "ready" && !state.aside && (state.done || waits(state))) return "";
  return deaf(state) && ["asleep", "ready"].includes(now) ? status.deaf : (status[now] ?? "");
}

function headline(state, now) {
  const { headline } = words;
  if (now === "thinking") return state.slow ? headline.slow : headline.thinking;
  if (state.away) return headline.resting;
  if (now === "asleep" && listens(state)) return filled(headline.wake, { wake: state.wake });
  return deaf(state) ? headline.deaf : (headline[now] ?? headline.asleep);
}

function showTrouble({ trouble, call, connected }) {
  const kind = trouble?.kind ?? null;
  const changed = el.trouble.hidden === Boolean(kind);
  el.trouble.hidden = !kind;
  if (changed) bringIntoView();
  if (!kind) return;
  const { title, help } = words.trouble[kind];
  setText(el["trouble-title"], title);
  setText(el["trouble-help"], filled(help, { number: call, reason: trouble.reason ?? "" }));
  el["try-again"].hidden = connected;
}

function showLevel(state, now) {
  el.level.hidden = !state.done || state.aside !== null || state.level === "emergency" || now === "thinking" || now === "asleep";
  setIcon(el.level.querySelector("use"), `level-${state.level}`);
  setText(el.level.querySelector("span"), words.level[state.level]);
}

function showProgress({ progress, done, level }, now) {
  const shown = progress !== null && progress.settled > 0 && !done && level !== "emergency" && now !== "asleep";
  el.progress.toggleAttribute("data-shown", shown);
  const { settled, of } = shown ? progress : { settled: 0, of: 1 };
  el.progress.setAttribute("aria-valuenow", settled);
  el.progress.setAttribute("aria-valuemax", of);
  el.progress.setAttribute("aria-hidden", String(!shown));
  const told = filled(words.progress.so_far, { settled, of });
  el.progress.setAttribute("aria-valuetext", told);
  setText(el["progress-words"], shown ? told : "");
  el["progress-bar"].style.setProperty("--done", settled / of);
}

// What was heard stands in one place, which it keeps while it is empty: nothing jumps as words come in.
function showHeard(state, current) {
  const coming = state.partial || state.at === "thinking";
  const heard = coming ? state.heard : (current?.heard ?? null);
  const { said } = words;
  el.heard.toggleAttribute("data-shown", Boolean(heard));
  setText(el["heard-label"], heard ? (state.partial ? said.hearing : state.bySpeech ? said.speech : said.text) : "");
  setText(el["heard-words"], heard ?? "");
  el["not-right"].hidden = !heard || coming || state.confirming || cutOff(state);
}

function showWords(state, now, current) {
  const replies = current?.replies ?? [headline(state, now)];
  // Larger answers leave less room: what is asked is brought into view again.
  const key = `${state.exchanges.length} ${state.beside !== null} ${state.loud} ${replies.join(" ")}`;
  if (key === shown) return;
  shown = key;
  const result = current !== null && ((state.done && !state.aside) || state.level === "emergency");
  const parts = result ? [...openedUp(replies[0]), ...replies.slice(1)] : replies;
  const letters = parts.join("").length;
  el.words.dataset.length = letters <= 80 ? "short" : letters <= 200 ? "medium" : "long";
  // The question matters most while one is open, the first sentence once the result is there.
  const lead = result ? 0 : parts.length - 1;
  // What is said beside a question stands under it; only what is new is spoken.
  const spoken = state.beside ? parts.length - state.beside.length : 0;
  el.words.replaceChildren(...parts.map((reply, i) => paragraph(reply, `${i === lead ? "lead" : "also"}${i < spoken ? "" : " spoken"}`)));
  const earlier = current && !state.aside ? state.exchanges.slice(0, -1) : [];
  el.earlier.replaceChildren(...(now === "ready" && !state.conversation ? [] : earlier).map(said));
  const read = replies.slice(spoken).join(" ");
  // A screen reader is to say a telephone number digit by digit.
  setText(el.caption, current ? (state.aside ? read.replace(/\d+/g, (group) => [...group].join(" ")) : read) : "");
  el.stage.toggleAttribute("data-earlier", el.earlier.children.length > 0);
  bringIntoView();
  // A tapped answer is gone now: a keyboard goes on from the words.
  if (document.activeElement === document.body && current) el.words.focus({ preventScroll: true });
}

// What was said before peeks in while there is room. Where there is none, the question comes first; in
// an emergency it is always the number.
function bringIntoView() {
  const { stage, now, trouble, call } = el;
  const lead = el.words.querySelector(".lead");
  const fits = call.hidden && now.offsetHeight + PEEK <= stage.clientHeight;
  const top = now.offsetTop - (fits ? PEEK : 0);
  const leadEnd = lead.offsetTop + lead.offsetHeight + PEEK / 2 - stage.clientHeight;
  stage.scrollTop = trouble.hidden && call.hidden ? Math.max(top, Math.min(leadEnd, lead.offsetTop - PEEK / 2)) : top;
}

// What to do, apart from the rest. A first sentence as short as "Stop." takes the next one with it.
function openedUp(text) {
  const [, first, rest] = text.match(/^(.{16,}?[.?])\s+(.+)$/) ?? [];
  return first ? [first, rest] : [text];
}

function paragraph(text, className) {
  const spans = text.split(/[ \n]+/).flatMap((word, i) => [i ? " " : "", make("span", "word", word)]);
  const whole = make("p", className);
  whole.append(...spans);
  return whole;
}

function said({ heard, replies }) {
  const item = make("li", "");
  if (heard) item.append(make("p", "by-you", `${words.said.you}: ${heard}`));
  item.append(make("p", "by-spotter", `${words.said.spotter}: ${replies.join(" ")}`));
  return item;
}

// Whether the kiosk can hear stands in the corner at all times, and is switched there.
function showMicrophone(state) {
  const open = listens(state);
  el.mute.hidden = deaf(state);
  el.mute.setAttribute("aria-pressed", String(state.microphone === "on"));
  el.mute.toggleAttribute("data-open", open);
  setIcon(el["mute-icon"], state.microphone === "on" ? "microphone" : "muted");
  setText(el["mute-label"], open ? words.microphone.open : state.microphone === "on" ? words.microphone.closed : words.microphone.shut);
}

function showDock(state, now) {
  const asleep = now === "asleep";
  const talk = cutOff(state) ? "cut_off" : deaf(state) && now !== "thinking" ? "deaf" : now;
  setText(el["talk-label"], words.talk[talk]);
  setIcon(el["talk-icon"], TALK_ICON[talk] ?? "microphone");
  el.talk.setAttribute("aria-disabled", String(now === "thinking"));
  setIcon(el["again-icon"], asleep ? "ask" : "sound");
  setText(el["again-label"], asleep ? words.side.ask : words.side.replay);
  el.again.disabled = cutOff(state) || now === "thinking" || (!asleep && state.conversation === null);
  el.type.disabled = now === "thinking" || cutOff(state) || !el.pad.hidden;
  if (!listens(state)) el.ring.style.setProperty("--loudness", "0");
}
