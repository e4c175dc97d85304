// The page's side of `POST /voice/turn`: one request, one answer, or a `TurnError` in the page's terms.

const TURN = "/voice/turn";
const GIVE_UP_AFTER = 30_000;
// The page of each kiosk is opened under its name, so that staff know where to go.
const KIOSK = new URLSearchParams(location.search).get("kiosk");

/** Why there is no answer. kind: offline, lost, broken (5xx), refused (4xx, with the server's reason). */
export class TurnError extends Error {
  constructor(kind, reason = "") {
    super(`${kind} ${reason}`);
    this.kind = kind;
    this.reason = reason;
  }
}

/** Sends typed or tapped words. */
export const sendText = (conversation, text, signal) => sendJson({ conversation, text }, signal);

/** Sends `started`, `silence` or `timed_out`. */
export const sendEvent = (conversation, event, signal) => sendJson({ conversation, event }, signal);

/** Sends what the microphone heard: a 16 kHz mono 16-bit WAV. */
export function sendSound(conversation, wav, signal) {
  const query = new URLSearchParams();
  if (conversation) query.set("conversation", conversation);
  if (KIOSK) query.set("kiosk", KIOSK);
  return post(`${TURN}?${query}`, { body: wav, headers: { "Content-Type": "audio/wav" }, signal });
}

/** What there is to tell about the staff, in words; null when that is not known just now. */
export async function staffNotice(conversation) {
  try {
    const url = `/desk/notice?conversation=${encodeURIComponent(conversation)}`;
    const response = await fetchWithin(5_000, url, { cache: "no-store" });
    return response.ok ? (await response.json()).words || null : null;
  } catch {
    return null;
  }
}

/** Whether the server answers at all, whatever it says. */
export async function reachable() {
  try {
    await fetchWithin(5_000, "/healthz", { cache: "no-store" });
    return true;
  } catch {
    return false;
  }
}

function sendJson(message, signal) {
  const body = JSON.stringify(KIOSK ? { ...message, kiosk: KIOSK } : message);
  return post(TURN, { body, headers: { "Content-Type": "application/json" }, signal });
}

async function post(url, { body, headers, signal }) {
  let response;
  try {
    response = await fetchWithin(GIVE_UP_AFTER, url, { method: "POST", body, headers }, signal);
  } catch (error) {
    if (signal.aborted) throw error;
    throw new TurnError(navigator.onLine ? "lost" : "offline");
  }
  let answer = null;
  try {
    answer = await response.json();
  } catch {
    // Not JSON: something between here and the server spoke. Its status says enough.
  }
  if (response.ok && Array.isArray(answer?.replies)) return answer;
  if (response.status >= 400 && response.status < 500) throw new TurnError("refused", answer?.error ?? "");
  throw new TurnError("broken");
}

async function fetchWithin(milliseconds, url, options, signal = null) {
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), milliseconds);
  signal?.addEventListener("abort", () => limit.abort());
  try {
    return await fetch(url, { ...options, signal: limit.signal });
  } finally {
    clearTimeout(timer);
  }
}
