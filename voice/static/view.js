// Puts a state of the conversation on the screen. It decides nothing and remembers nothing but what is
// already shown.

import { cutOff, deaf, inCrisis } from "./conversation.js";
import { WORDS } from "./words.js";

const ICONS = "/static/voice/icons.svg";
const TALK_ICON = { listening: "done", thinking: "dots", cut_off: "restart", deaf: "keyboard" };
const PEEK = 56;
const el = Object.fromEntries([...document.querySelectorAll("[id]")].map((node) => [node.id, node]));
let words = WORDS[document.documentElement.lang];
let shown = "";

/** Shows `state`; `onAnswer(button)` is called when an answer is tapped, `onStartAgain()` for a new start. */
export function render(state, onAnswer, onStartAgain) {
  speakLanguage(state.language);
  const current = state.face === "thinking" ? null : onScreen(state);
  document.body.dataset.face = state.face;
  document.body.dataset.level = state.level;
  document.body.toggleAttribute("data-first", state.exchanges.length === 0);
  document.body.toggleAttribute("data-crisis", inCrisis(state));
  document.body.toggleAttribute("data-typing", state.draft !== null);
  document.body.toggleAttribute("data-aside", state.aside !== null);
  el["start-over"].hidden = state.face === "asleep" && state.draft === null;
  // The result's level, or the countdown, stands where the status was.
  const settled = state.face === "ready" && !state.aside && (state.done || state.askAgainAt !== null);
  status(cutOff(state) ? words.status.cut_off : settled ? "" : words.status[manner(state)]);
  showCall(state);
  showTrouble(state);
  showLevel(state);
  showHeard(current ? current.heard : state.pending, Boolean(current), state.bySpeech);
  // The answers and the pad take room from the stage, so they come before what is to be in view there.
  showAnswers(state, onAnswer, onStartAgain);
  showPad(state);
  showWords(state, current);
  showTyping(state);
  showDock(state);
}

// What was said last, or what is asked about the number in front of it.
function onScreen({ exchanges, aside }) {
  const last = exchanges.at(-1);
  if (aside) return { heard: null, replies: aside.replies };
  return last && { heard: last.heard, replies: [...last.notes, ...last.replies] };
}

/** Shows how loud it is (0 to 1) and whether a voice was made out. */
export function loudness(level, spoke) {
  // Loudness is heard in steps of ratio: -50 dB is nothing, -10 dB is all.
  const share = Math.min(1, Math.max(0, (20 * Math.log10(level + 1e-6) + 50) / 40));
  el.ring.style.setProperty("--loudness", share.toFixed(3));
  status(spoke ? words.status.hearing : words.status.listening);
}

/** Lights the words that the voice has reached; `progress` is 0 to 1. */
export function caption(progress) {
  const spans = el.words.querySelectorAll(".word");
  const letters = [...spans].reduce((sum, word) => sum + word.textContent.length, 0);
  let reached = 0;
  for (const word of spans) {
    word.classList.toggle("said", reached <= letters * progress);
    reached += word.textContent.length;
  }
}

/** Shows the seconds until the page asks again, or nothing for null. */
export function countdown(seconds) {
  el.wait.hidden = seconds === null;
  if (seconds === null) return;
  const whole = Math.max(0, Math.ceil(seconds));
  setText(el["wait-time"], `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`);
}

/** Says that the screen will be cleared in `seconds`, or nothing for null. */
export function idle(seconds) {
  const clearing = seconds === null ? words.small_print : filled(words.clearing, { seconds: Math.ceil(seconds) });
  setText(el["small-print"], clearing);
  el["small-print"].classList.toggle("notice", seconds !== null);
}

/** Shows what there is to tell about the staff, or nothing for null. */
export function staff(words) {
  el.staff.hidden = words === null;
  setText(el.staff, words ?? "");
}

/** What is in the field of the number. */
export const dialled = () => el["pad-number"].value.trim();

/** Types `key` into the field of the number: a digit, a plus sign, or "delete". */
export function press(key) {
  const { value } = el["pad-number"];
  el["pad-number"].value = key === "delete" ? value.slice(0, -1) : value + key;
}

/** What is in the text field. */
export const typed = () => (el.typing.hidden ? "" : el.typed.value.trim());

// The face, with thinking that takes too long told apart, and not hearing where one would talk.
function manner(state) {
  if (state.face === "thinking" && state.slow) return "slow";
  return deaf(state) && ["asleep", "ready"].includes(state.face) ? "deaf" : state.face;
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

const filled = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);

function status(text) {
  setText(el.status, text ?? "");
}

function showCall(state) {
  const emergency = state.level === "emergency";
  el.call.hidden = !emergency;
  for (const link of [el["call-number"], el["footer-call"]]) link.href = `tel:${state.call.replace(/[^+\d]/g, "")}`;
  setText(el["call-number"], state.call);
  el["call-number"].toggleAttribute("data-long", state.call.length > 4);
  setText(el["footer-words"], filled(words.footer_call, { number: state.call }));
  el.caption.setAttribute("aria-live", emergency ? "assertive" : "polite");
}

function showTrouble({ trouble, call }) {
  const changed = el.trouble.hidden === Boolean(trouble);
  el.trouble.hidden = !trouble;
  if (changed) bringIntoView();
  if (!trouble) return;
  const { title, help } = words.trouble[trouble.kind];
  setText(el["trouble-title"], title);
  setText(el["trouble-help"], filled(help, { number: call, reason: trouble.reason }));
  el["try-again"].hidden = !cutOff({ trouble });
}

function showLevel(state) {
  el.level.hidden = !state.done || state.aside !== null || state.level === "emergency" || state.face === "thinking";
  setIcon(el.level.querySelector("use"), `level-${state.level}`);
  setText(el.level.querySelector("span"), words.level[state.level]);
}

function showHeard(heard, correctable, bySpeech) {
  el.heard.hidden = !heard;
  setText(el["heard-label"], bySpeech ? words.said.speech : words.said.text);
  setText(el["heard-words"], heard ?? "");
  el["not-right"].hidden = !correctable;
}

function showWords(state, current) {
  const replies = current?.replies ?? [words.headline[manner(state)] ?? words.headline.asleep];
  const key = `${state.exchanges.length} ${replies.join(" ")}`;
  if (key === shown) return;
  shown = key;
  const result = (state.done && !state.aside) || state.level === "emergency";
  const parts = result ? [...openedUp(replies[0]), ...replies.slice(1)] : replies;
  const letters = parts.join("").length;
  el.words.dataset.length = letters <= 80 ? "short" : letters <= 200 ? "medium" : "long";
  // The question matters most while one is open, the first sentence once the result is there.
  const lead = result ? 0 : parts.length - 1;
  el.words.replaceChildren(...parts.map((reply, i) => paragraph(reply, i === lead ? "lead" : "also")));
  const earlier = current && !state.aside ? state.exchanges.slice(0, -1) : state.exchanges;
  el.earlier.replaceChildren(...earlier.map(said));
  const read = replies.join(" ");
  // A screen reader is to say a telephone number digit by digit.
  setText(el.caption, current ? (state.aside ? read.replace(/\d+/g, (group) => [...group].join(" ")) : read) : "");
  el.stage.toggleAttribute("data-earlier", earlier.length > 0);
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

function showAnswers(state, onAnswer, onStartAgain) {
  const buttons = cutOff(state) ? [] : state.buttons;
  const all = buttons.map((button) => answer(button.label, () => onAnswer(button)));
  // In an emergency nothing competes with the number; starting over stays in its corner.
  if (state.done && !state.aside && state.level !== "emergency") all.push(answer(words.start_again, onStartAgain));
  const longest = Math.max(0, ...buttons.map(({ label }) => label.length));
  el.answers.dataset.shape = shapeOf(buttons.length, longest);
  const key = JSON.stringify([buttons, state.done, state.exchanges.length, state.aside, state.language]);
  el.answers.hidden = all.length === 0 || state.draft !== null;
  if (el.answers.dataset.key === key) return;
  el.answers.dataset.key = key;
  el.answers.replaceChildren(...all);
}

function shapeOf(count, longest) {
  if (longest <= 2 && count > 4) return "numbers";
  if (longest <= 8 && count === 3) return "three";
  return longest <= 16 ? "short" : "long";
}

function answer(label, onTap) {
  const button = make("button", "answer", label);
  button.type = "button";
  button.addEventListener("click", onTap);
  return button;
}

function showTyping(state) {
  const open = state.draft !== null;
  const opened = open && el.typing.hidden;
  const label = state.draft ? words.type.correct : state.exchanges.length ? words.type.answer : words.type.first;
  setText(el["typed-label"], label);
  el.typing.hidden = !open;
  el.type.setAttribute("aria-expanded", String(open));
  if (!open) el.typed.value = "";
  if (!opened) return;
  el.typed.value = state.draft;
  el.typed.focus();
  el.typed.select();
}

function showPad(state) {
  const asking = state.aside?.stage === "asking" && state.face !== "thinking" && state.draft === null && !cutOff(state);
  document.body.toggleAttribute("data-pad", asking);
  const opened = asking && el.pad.hidden;
  el.pad.hidden = !asking;
  if (!asking) el["pad-number"].value = "";
  if (!opened) return;
  el["pad-number"].value = state.aside.draft;
  el["pad-number"].focus({ preventScroll: true });
}

function showDock(state) {
  const asleep = state.face === "asleep";
  const talk = cutOff(state) ? "cut_off" : deaf(state) && state.face !== "thinking" ? "deaf" : state.face;
  setText(el["talk-label"], words.talk[talk]);
  setIcon(el["talk-icon"], TALK_ICON[talk] ?? "microphone");
  el.talk.setAttribute("aria-disabled", String(state.face === "thinking"));
  setIcon(el["again-icon"], asleep ? "ask" : "sound");
  setText(el["again-label"], asleep ? words.side.ask : words.side.replay);
  el.again.disabled = cutOff(state) || (!asleep && (!state.audio || state.face === "thinking"));
  el.type.disabled = state.face === "thinking" || cutOff(state) || !el.pad.hidden;
  if (state.face !== "listening") el.ring.style.setProperty("--loudness", "0");
}

function make(tag, className, text = "") {
  const node = document.createElement(tag);
  if (className) node.className = className;
  node.textContent = text;
  return node;
}

function setIcon(use, name) {
  const href = `${ICONS}#${name}`;
  if (use.getAttribute("href") !== href) use.setAttribute("href", href);
}

// Touching the text only when it changes keeps screen readers and the layout quiet.
function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}
