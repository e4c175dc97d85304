// The microphone as 16 kHz mono 16-bit samples. It is open only while the page says so.

const prepared = new WeakSet();

/** Why nothing can be heard. kind: denied, missing, insecure. */
export class MicrophoneError extends Error {
  constructor(kind) {
    super(kind);
    this.kind = kind;
  }
}

/**
 * Opens the microphone. `onSound(buffer)` gets 20 ms of samples at a time; `onLost()` is called when it was
 * unplugged. Gives a function that closes it. Throws `MicrophoneError`.
 */
export async function open(context, onSound, onLost) {
  const stream = await openStream();
  if (!prepared.has(context)) {
    await context.audioWorklet.addModule(new URL("./recorder.js", import.meta.url));
    prepared.add(context);
  }
  const source = context.createMediaStreamSource(stream);
  const recorder = new AudioWorkletNode(context, "recorder", { numberOfOutputs: 0 });
  recorder.port.onmessage = ({ data }) => onSound(data);
  source.connect(recorder);
  function close() {
    source.disconnect();
    recorder.port.onmessage = null;
    for (const track of stream.getTracks()) track.stop();
  }
  stream.getTracks()[0].onended = () => {
    close();
    onLost();
  };
  return close;
}

/** Whether people were asked before, and allowed it. */
export async function allowed() {
  try {
    return (await navigator.permissions.query({ name: "microphone" })).state === "granted";
  } catch {
    return false;
  }
}

/** Calls `onChange` whenever something was plugged in or out. */
export function watchDevices(onChange) {
  navigator.mediaDevices?.addEventListener("devicechange", onChange);
}

async function openStream() {
  if (!navigator.mediaDevices?.getUserMedia) throw new MicrophoneError("insecure");
  try {
    // The kiosk must not hear itself. Noise suppression is made for ears; recognisers do worse after it.
    const audio = { channelCount: 1, echoCancellation: true, noiseSuppression: false, autoGainControl: true };
    return await navigator.mediaDevices.getUserMedia({ audio });
  } catch (error) {
    throw new MicrophoneError(["NotAllowedError", "SecurityError"].includes(error.name) ? "denied" : "missing");
  }
}
