// Keeps the page up to date: when the server says that something changed, the live part is fetched anew.
// Sounds an alarm while an emergency waits for somebody.

import { Alarm } from "./alarm.js";

const find = (id) => document.getElementById(id);
const stale = find("stale");
const alarm = new Alarm((blocked) => {
  find("quiet").hidden = !blocked;
});

/** Puts the new part in the place of the old one; whoever used the keyboard there stays where they were. */
async function refresh() {
  const old = find("live");
  const response = await fetch(old.dataset.again);
  if (response.status === 401) return location.reload();
  const fresh = new DOMParser().parseFromString(await response.text(), "text/html").getElementById("live");
  if (!response.ok || !fresh) throw new Error("no news");
  const focused = old.contains(document.activeElement) ? document.activeElement.id : "";
  const open = [...old.querySelectorAll("details")].map((one) => one.open);
  fresh.querySelectorAll("details").forEach((one, at) => {
    one.open = Boolean(open[at]);
  });
  old.replaceWith(fresh);
  if (focused) find(focused)?.focus();
  return undefined;
}

function reachable(yes) {
  stale.hidden = yes;
}

if (find("live")) {
  const events = new EventSource("/desk/live");
  events.addEventListener("news", (event) => {
    alarm.sound(Number(event.data) > 0);
    refresh().then(() => reachable(true), () => reachable(false));
  });
  events.addEventListener("error", () => reachable(false));
  events.addEventListener("open", () => reachable(true));
  find("sound").addEventListener("click", () => alarm.allow());
}
