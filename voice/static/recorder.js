// Runs on the sound thread: hands what the microphone hears to the page as 16 kHz 16-bit samples,
// 20 ms at a time.

import { Resampler } from "./resampler.js";

const RATE = 16_000;
const BLOCK = 320;

class Recorder extends AudioWorkletProcessor {
  #resampler = new Resampler(sampleRate, RATE);
  #block = new Int16Array(BLOCK);
  #filled = 0;

  process([input]) {
    for (const sample of input[0] ? this.#resampler.feed(input[0]) : []) {
      this.#block[this.#filled++] = sample;
      if (this.#filled < BLOCK) continue;
      this.port.postMessage(this.#block.buffer, [this.#block.buffer]);
      this.#block = new Int16Array(BLOCK);
      this.#filled = 0;
    }
    return true;
  }
}

registerProcessor("recorder", Recorder);
