// The ways to answer by hand: buttons, the text field, the number pad, the picture of the body.

import * as body from "./body.js";
import { cutOff, face, onScreen } from "./conversation.js";
import { el, filled, make, setText } from "./dom.js";
import { WORDS } from "./words.js";

/** Shows what can be tapped; `onAnswer(button)` and `onStartAgain()` are called then. */
export function render(state, words, onAnswer, onStartAgain) {
  const shown = face(state);
  const buttons = cutOff(state) || shown === "asleep" || !onScreen(state) ? [] : state.buttons;
  showButtons(state, words, buttons, onAnswer, onStartAgain);
  showBody(state, words, shown);
  showPad(state, shown);
  showTyping(state, words);
}

/** `onSay(words, quiet)` gets what was typed or tapped on the body, and quietly a number: it is not shown. */
export function watch(onSay) {
  const words = () => WORDS[document.documentElement.lang].body;
  body.watch(() => body.render(words()));
  el["body-done"].addEventListener("click", () => onSay(filled(words().say, { places: body.told(words()) }), false));
  for (const key of el["pad-keys"].children) key.addEventListener("click", () => press(key.value));
  onSubmit(el.typing, el.typed, (typed) => onSay(typed, false));
  onSubmit(el.pad, el["pad-number"], (dialled) => onSay(dialled, true));
}

// Types `key` into the field of the number: a digit, a plus sign, or "delete".
function press(key) {
  const { value } = el["pad-number"];
  el["pad-number"].value = key === "delete" ? value.slice(0, -1) : value + key;
}

function onSubmit(form, field, act) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const value = field.value.trim();
    if (value) act(value);
  });
}

function showButtons(state, words, buttons, onAnswer, onStartAgain) {
  const all = buttons.map((button) => answer(button.label, () => onAnswer(button)));
  // In an emergency nothing competes with the number; starting over stays in its corner.
  const over = state.done && !state.aside && !state.confirming && state.level !== "emergency" && onScreen(state);
  if (over) all.push(answer(words.start_again, onStartAgain));
  const longest = Math.max(0, ...buttons.map(({ label }) => label.length));
  el.answers.dataset.shape = shapeOf(buttons.length, longest);
  el.answers.hidden = all.length === 0 || state.draft !== null;
  const key = JSON.stringify([buttons, over, state.exchanges.length, state.aside, state.confirming, state.language]);
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

function showBody(state, words, shown) {
  const asked = state.anything && !state.done && !state.aside && !state.confirming;
  const open = asked && !cutOff(state) && state.draft === null && shown !== "asleep";
  document.body.toggleAttribute("data-body", open);
  if (!open || el.body.hidden || shown === "thinking") body.clear();
  el.body.hidden = !open;
  body.render(words.body);
}

function showPad(state, shown) {
  const asking = state.aside?.stage === "asking" && shown !== "thinking" && shown !== "asleep" && state.draft === null && !cutOff(state);
  document.body.toggleAttribute("data-pad", asking);
  const opened = asking && el.pad.hidden;
  el.pad.hidden = !asking;
  if (!asking) el["pad-number"].value = "";
  if (!opened) return;
  el["pad-number"].value = state.aside.draft;
  el["pad-number"].focus({ preventScroll: true });
}

function showTyping(state, words) {
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
