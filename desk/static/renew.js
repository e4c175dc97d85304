// Puts new parts of a page in the place of the old ones. Whoever was at work there stays where they were.

const find = (id) => document.getElementById(id);

/** The part `live` is always new, the part `do` only when there is something else to do than before. */
export function renew(text) {
  const fresh = new DOMParser().parseFromString(text, "text/html");
  if (!fresh.getElementById("live")) throw new Error("no news");
  for (const part of ["live", "do"]) {
    const [old, now] = [find(part), fresh.getElementById(part)];
    if (old && now && (part === "live" || old.dataset.state !== now.dataset.state)) replace(old, now);
  }
}

function replace(old, now) {
  const focused = old.contains(document.activeElement) ? document.activeElement : null;
  for (const open of old.querySelectorAll("details[open]")) {
    now.querySelector(`details[id="${open.id}"]`)?.setAttribute("open", "");
  }
  const written = old.querySelector("textarea");
  const empty = now.querySelector("textarea");
  // Words that have no place any more can still be copied from the old part.
  if (written?.value && !empty) return;
  if (written && empty) empty.value = written.value;
  const [chosen, choice] = [old.querySelector("select"), now.querySelector("select")];
  if (chosen && choice) choice.value = chosen.value;
  old.replaceWith(now);
  if (!focused) return;
  const again = find(focused.id);
  again?.focus();
  if (focused === written) again?.setSelectionRange(written.selectionStart, written.selectionEnd);
}
