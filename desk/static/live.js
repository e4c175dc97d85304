// Keeps a page up to date: when the server says that something changed, the live part is fetched anew.
// Sounds an alarm while an emergency waits for somebody. Whatever stops that is said aloud.

import { Alarm } from "./alarm.js";
import { bringDraft, keepDraft } from "./draft.js";
import { renew } from "./renew.js";
import { tick } from "./ticking.js";

// Between two tries to hear the server again (ms).
const FIRST_PAUSE = 2_000;
const LONGEST_PAUSE = 30_000;
// So often it is said aloud that alerts are not shown here.
const WARNINGS = 10;

const find = (id) => document.getElementById(id);
const alarm = new Alarm((on, quiet) => {
  find("emergency").hidden = !on;
  find("sound").hidden = !quiet;
});
let pause = FIRST_PAUSE;
let hidden = false;

/** Asks `path`; `null` means that this is for nobody who is not signed in. */
async function ask(path) {
  const answer = await fetch(path);
  if (answer.status === 401) return null;
  if (!answer.ok) throw new Error("no news");
  return answer.text();
}

/** What people said is not for a page that nobody uses; what somebody wrote there waits for them. */
function hide(notice, warnings) {
  if (!find(notice).hidden) return;
  find("away").hidden = find("out").hidden = true;
  find(notice).hidden = false;
  alarm.warn(warnings);
  if (hidden) return;
  hidden = true;
  keepDraft();
  find("page").replaceChildren();
  for (const link of document.querySelectorAll("a.again")) link.href = location.href;
}

async function look() {
  const waiting = await ask("/desk/alarm");
  alarm.sound(Number(waiting) > 0);
  if (waiting === null) return hide("out", WARNINGS);
  const fresh = await ask(find("live")?.dataset.again ?? "/desk/awake");
  if (fresh === null) return hide("away", 1);
  // Somebody has signed in again, here or on another page.
  if (hidden) return location.replace(location.href);
  if (find("live")) renew(fresh);
  return tick();
}

function reachable(yes) {
  find("stale").hidden = yes;
}

const update = () => look().then(() => reachable(true), () => reachable(false));

function listen() {
  const events = new EventSource("/desk/live");
  events.addEventListener("news", (event) => {
    pause = FIRST_PAUSE;
    alarm.sound(Number(event.data) > 0);
    update();
  });
  events.addEventListener("error", () => {
    reachable(false);
    // A browser tries again by itself unless it was refused: then it never does.
    if (events.readyState !== EventSource.CLOSED) return;
    update();
    setTimeout(listen, pause);
    pause = Math.min(2 * pause, LONGEST_PAUSE);
  });
}

bringDraft();
tick();
setInterval(tick, 1_000);
listen();
for (const touch of ["pointerdown", "keydown"]) document.addEventListener(touch, () => alarm.allow());
