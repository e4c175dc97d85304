// A reply that is half written when its page goes away waits in this tab until the page is there again.

const KEY = `draft:${location.pathname}`;
const box = () => document.querySelector("textarea[name=words]");

export function keepDraft() {
  if (box()?.value) sessionStorage.setItem(KEY, box().value);
}

export function bringDraft() {
  const kept = sessionStorage.getItem(KEY);
  if (!kept || !box()) return;
  sessionStorage.removeItem(KEY);
  box().value ||= kept;
}
