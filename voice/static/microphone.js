// One utterance from the microphone, as the WAV that the server takes. The microphone is open only
// while the page says that it listens.

import { Endpoint } from "./endpoint.js";

const RATE = 16_000;
const prepared = new WeakSet();

/** Why nothing can be heard. kind: denied, missing, insecure. */
export class MicrophoneError extends Error {
  constructor(kind) {
    super(kind);
    this.kind = kind;
  }
}

/**
 * Opens the microphone and listens until the person has finished, `finish()` is called or 20 s are over.
 *
 * `onLevel(level, spoke)` is called about 45 times a second, with the level from 0 to 1. `heard` resolves
 * to a WAV blob, or to null when nobody spoke or `cancel()` was called. Throws `MicrophoneError`.
 */
export async function listen(context, onLevel) {
  const stream = await openStream();
  if (!prepared.has(context)) {
    await context.audioWorklet.addModule(new URL("./recorder.js", import.meta.url));
    prepared.add(context);
  }
  const source = context.createMediaStreamSource(stream);
  const recorder = new AudioWorkletNode(context, "recorder", { numberOfOutputs: 0 });
  const endpoint = new Endpoint();
  const blocks = [];
  let settle;
  const heard = new Promise((resolve) => (settle = resolve));

  function close(keep) {
    source.disconnect();
    recorder.port.onmessage = null;
    for (const track of stream.getTracks()) track.stop();
    settle(keep ? toWav(blocks, context.sampleRate) : null);
  }

  recorder.port.onmessage = ({ data }) => {
    blocks.push(data);
    const level = Math.sqrt(data.reduce((sum, sample) => sum + sample * sample, 0) / data.length);
    const over = endpoint.hear(level, data.length / context.sampleRate);
    onLevel(level, endpoint.spoke);
    if (over) close(endpoint.spoke);
  };
  // An unplugged microphone ends the utterance with what was heard so far.
  stream.getTracks()[0].onended = () => close(endpoint.spoke);
  source.connect(recorder);
  // Somebody who taps "done" has spoken, however softly: the recogniser decides, not the loudness.
  return { heard, finish: () => close(blocks.length > 0), cancel: () => close(false) };
}

async function openStream() {
  if (!navigator.mediaDevices?.getUserMedia) throw new MicrophoneError("insecure");
  try {
    // Noise suppression is made for ears; recognisers do worse after it.
    const audio = { channelCount: 1, echoCancellation: true, noiseSuppression: false, autoGainControl: true };
    return await navigator.mediaDevices.getUserMedia({ audio });
  } catch (error) {
    throw new MicrophoneError(["NotAllowedError", "SecurityError"].includes(error.name) ? "denied" : "missing");
  }
}

/** Blocks of samples at `rate` as a 16 kHz mono 16-bit WAV blob. */
export async function toWav(blocks, rate) {
  const length = blocks.reduce((sum, block) => sum + block.length, 0);
  const offline = new OfflineAudioContext(1, Math.ceil((length * RATE) / rate), RATE);
  const buffer = offline.createBuffer(1, length, rate);
  let at = 0;
  for (const block of blocks) {
    buffer.copyToChannel(block, 0, at);
    at += block.length;
  }
  const source = new AudioBufferSourceNode(offline, { buffer });
  source.connect(offline.destination);
  source.start();
  const samples = (await offline.startRendering()).getChannelData(0);
  return new Blob([header(samples.length), pcm(samples)], { type: "audio/wav" });
}

function pcm(samples) {
  const view = new DataView(new ArrayBuffer(samples.length * 2));
  samples.forEach((sample, i) => view.setInt16(i * 2, Math.max(-1, Math.min(1, sample)) * 32767, true));
  return view.buffer;
}

// The 44 bytes in front of PCM in a RIFF/WAVE file.
function header(samples) {
  const view = new DataView(new ArrayBuffer(44));
  const name = (at, text) => [...text].forEach((letter, i) => view.setUint8(at + i, letter.charCodeAt(0)));
  name(0, "RIFF");
  view.setUint32(4, 36 + samples * 2, true);
  name(8, "WAVEfmt ");
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, RATE, true);
  view.setUint32(28, RATE * 2, true);
  view.setUint16(32, 2, true);
  view.setUint16(34, 16, true);
  name(36, "data");
  view.setUint32(40, samples * 2, true);
  return view.buffer;
}
