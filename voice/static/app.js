// Wires the page: taps, time and what the server says in, the conversation's step, and what follows from it.

import * as answers from "./answers.js";
import { cutOff, deaf, face, fresh, listens, step, waits } from "./conversation.js";
import * as emergency from "./emergency.js";
import { Leaving } from "./leaving.js";
import { allowed, watchDevices } from "./microphone.js";
import { Noise } from "./noise.js";
import { pairing } from "./pairing.js";
import { Pulse } from "./pulse.js";
import { keepPage } from "./shell.js";
import { Sound } from "./sound.js";
import { StaffWatch } from "./staff.js";
import { Stream } from "./stream.js";
import * as view from "./view.js";
import { Volume } from "./volume.js";
import { WORDS } from "./words.js";

const STAFF_NEEDED = ["urgent", "emergency"];

const find = (id) => document.getElementById(id);
const names = pairing();
let state = fresh({ ...document.body.dataset, language: document.documentElement.lang });
let regained = false;
const leaving = new Leaving();
const noise = new Noise();
const pulse = new Pulse();
const staff = new StaffWatch(emergency.staff);

const stream = new Stream(hello, { message, sound: speak, lost });
const sound = new Sound({
  sentence: (index) => {
    go({ type: "sentence", index });
    leaving.stay();
  },
  progress: (share) => state.speech?.at >= 0 && view.caption(state.speech, share),
  ended: (id) => {
    leaving.stay();
    stream.send("spoken", { id });
  },
  mute: () => go({ type: "silent" }),
  samples: (buffer) => {
    pulse.sent(Date.now());
    stream.sendSound(buffer);
  },
  deaf: (kind) => go({ type: "microphone", now: kind }),
});
const volume = new Volume({
  is: (percent) => {
    sound.volume = percent;
    view.volume(percent);
  },
  wanted: (percent) => stream.send("volume", { percent }),
});

function go(event) {
  const before = face(state);
  state = step(state, { now: Date.now(), ...event });
  pulse.thinks(state.at === "thinking", Date.now());
  view.render(state, answerTapped, startOver);
  showTimes();
  sound.hear(listens(state));
  const now = face(state);
  if (now !== before && now === "listening" && before !== "speaking") sound.sign("listening");
}

function showTimes() {
  const now = Date.now();
  view.countdown(waits(state) ? (state.askAgainAt - now) / 1000 : null);
  emergency.since(state.alertedAt === null || face(state) === "asleep" ? null : (now - state.alertedAt) / 1000);
}

function hello() {
  const { conversation, chosen } = state;
  return { ...names, language: chosen, ...(conversation ? { conversation } : {}), mode: "wake", duplex: "full" };
}

function message(event) {
  switch (event.type) {
    case "ready":
      return ready(event);
    case "level":
      return level(event);
    case "volume":
      return volume.set(event.percent);
    case "hush":
      sound.hush();
      return go(event);
    case "partial":
    case "heard":
      leaving.stay();
      if (event.type === "heard" && event.by === "speech") sound.sign("heard");
      return go(event);
    case "answer":
      leaving.stay();
      go(event);
      return staff.watch(STAFF_NEEDED.includes(event.level) ? event.conversation : null);
    default:
      return go(event);
  }
}

function level({ db, speech, too_loud }) {
  pulse.measured();
  const loud = noise.hear(too_loud, Date.now());
  if (loud !== state.loud) go({ type: "loud", loud });
  view.loudness(db, speech, state);
}

function ready(event) {
  volume.set(event.volume, { usual: true });
  go(event);
  // What was said last may or may not have arrived: it is not sent twice, but the server asks again.
  if (regained && state.conversation) go({ type: "back" });
  regained = false;
}

function speak(piece, wav) {
  if (piece.id === state.speech?.id && !sound.say(piece, wav)) go({ type: "silent" });
}

function lost({ kind, reason }) {
  sound.hush();
  pulse.lost();
  regained = true;
  go({ type: "lost", kind, reason });
}

/** Says `words` for the person, or for the page itself (`quiet`). */
function tell(words, { quiet = false, draftNext = null } = {}) {
  sound.hush();
  if (!stream.send("say", { text: words })) return;
  go({ type: "sending", words, quiet, draftNext });
}

const answerTapped = (button) => tell(button.say);

function talk() {
  const now = face(state);
  if (cutOff(state)) return stream.connect();
  if (now === "thinking") return undefined;
  if (deaf(state)) return go({ type: "typing", draft: "" });
  if (now === "speaking") return hush();
  if (now === "listening") return stream.send("done");
  if (state.microphone !== "on") go({ type: "microphone", now: "on" });
  return stream.send("listen");
}

function mute() {
  go({ type: "microphone", now: state.microphone === "on" ? "off" : "on" });
}

/** Stops speaking at once. */
function hush() {
  sound.hush();
  if (state.at === "speaking") stream.send("hush");
}

function correct() {
  tell(WORDS[state.language].commands.back, { quiet: true, draftNext: state.exchanges.at(-1)?.heard ?? "" });
}

/** Speaks another language: by its name in a conversation, and otherwise from the first words on. */
function choose({ lang, textContent }) {
  if (face(state) === "thinking" || lang === state.language) return;
  if (state.conversation) return tell(textContent, { quiet: true });
  stream.send("language", { language: lang });
  go({ type: "chose", language: lang });
}

function again() {
  if (face(state) !== "asleep") return tell(WORDS[state.language].commands.repeat, { quiet: true });
  if (state.microphone === "unasked") go({ type: "microphone", now: "on" });
  return stream.send("event", { event: "started" });
}

function startOver() {
  sound.hush();
  end();
  go({ type: "startedOver" });
  find("talk").focus();
}

function tick() {
  const now = Date.now();
  showTimes();
  staff.look(now);
  const server = pulse.look(now);
  if (server === "lost") stream.drop();
  else if (server === "slow" && !state.slow) go({ type: "slow" });
  const next = leaving.look(state, now);
  view.idle(next.clearingIn);
  if (next.sleep) {
    stream.send("sleep");
    go({ type: "left" });
  }
  if (next.forget) forget();
  if (next.restore) volume.restore();
}

/** The next person finds nothing of this one, and the kiosk as loud as ever. */
function end() {
  staff.watch(null);
  stream.send("restart");
  volume.restore();
}

function forget() {
  end();
  go({ type: "forgotten" });
  // The next person finds the kiosk's own language.
  stream.send("language", { language: state.chosen });
}

function touched() {
  leaving.stay();
  sound.unlock();
}

document.addEventListener("pointerdown", touched);
document.addEventListener("keydown", (event) => {
  touched();
  if (event.key !== "Escape") return;
  hush();
  if (state.draft !== null) go({ type: "typing", draft: null });
});
const onClick = (id, act) => find(id).addEventListener("click", act);
onClick("talk", talk);
onClick("mute", mute);
onClick("quieter", () => volume.turn(-1));
onClick("louder", () => volume.turn(1));
onClick("again", again);
onClick("not-right", correct);
onClick("start-over", startOver);
onClick("try-again", () => stream.connect());
onClick("type", () => {
  hush();
  go({ type: "typing", draft: state.draft === null ? "" : null });
});
for (const button of find("languages").children) button.addEventListener("click", () => choose(button));
answers.watch((words, quiet) => tell(words, { quiet }));
window.addEventListener("offline", () => stream.drop());
window.addEventListener("online", () => stream.connect());
watchDevices(() => {
  if (state.microphone === "missing") go({ type: "microphone", now: "on" });
});
setInterval(tick, 250);
go({ type: "startedOver" });
stream.connect();
if (await allowed()) go({ type: "microphone", now: "on" });
await keepPage();
