// The elements of the page, and the few ways in which they are touched.

const ICONS = "/static/voice/icons.svg";

/** Every element that has an id, by it. */
export const el = Object.fromEntries([...document.querySelectorAll("[id]")].map((node) => [node.id, node]));

export function make(tag, className, text = "") {
  const node = document.createElement(tag);
  if (className) node.className = className;
  node.textContent = text;
  return node;
}

/** Touching the text only when it changes keeps screen readers and the layout quiet. */
export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

export function setIcon(use, name) {
  const href = `${ICONS}#${name}`;
  if (use.getAttribute("href") !== href) use.setAttribute("href", href);
}

/** `text` with the names in braces filled in. */
export const filled = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);

/** Seconds as a clock shows them: 2:10. */
export function clock(seconds) {
  const whole = Math.max(0, seconds);
  return `${Math.floor(whole / 60)}:${String(Math.floor(whole % 60)).padStart(2, "0")}`;
}
