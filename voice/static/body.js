// The picture of the body: places that hurt are tapped, and become words.

import { el, setText } from "./dom.js";

const places = [...el.body.querySelectorAll("[data-place]")];

const chosen = () => places.filter((place) => place.getAttribute("aria-checked") === "true");

/** The places in words, as somebody would say them; "" when none was tapped. */
export const told = (words) => chosen().map((place) => words.places[place.dataset.place]).join(", ");

/** Calls `onChange` when a place was tapped, or chosen by keyboard. */
export function watch(onChange) {
  for (const place of places) {
    place.addEventListener("click", () => toggle(place, onChange));
    place.addEventListener("keydown", (event) => {
      if (event.key !== " " && event.key !== "Enter") return;
      event.preventDefault();
      toggle(place, onChange);
    });
  }
}

/** Nothing hurts yet. */
export function clear() {
  for (const place of places) place.setAttribute("aria-checked", "false");
}

/** Shows what was tapped, in `words` of the page. */
export function render(words) {
  for (const place of places) place.setAttribute("aria-label", words.places[place.dataset.place]);
  setText(el["body-told"], told(words) || words.label);
  el.body.toggleAttribute("data-told", chosen().length > 0);
}

function toggle(place, onChange) {
  place.setAttribute("aria-checked", String(place.getAttribute("aria-checked") !== "true"));
  onChange();
}
