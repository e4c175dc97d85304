// Puts a new live part in the place of the old one.

const find = (id) => document.getElementById(id);

/** Whoever used the keyboard there stays where they were. */
export function renew(text) {
  const old = find("live");
  const fresh = new DOMParser().parseFromString(text, "text/html").getElementById("live");
  if (!fresh) throw new Error("no news");
  const focused = old.contains(document.activeElement) ? document.activeElement.id : "";
  const open = [...old.querySelectorAll("details")].map((one) => one.open);
  fresh.querySelectorAll("details").forEach((one, at) => {
    one.open = Boolean(open[at]);
  });
  old.replaceWith(fresh);
  if (focused) find(focused)?.focus();
}
