// Any rate of samples to a lower one, block after block.

// Sinc lobes on each side: enough that what lies above half the new rate is gone.
const LOBES = 8;

/** Samples at `from` Hz become 16-bit samples at `to` Hz, which is not more than `from`. */
export class Resampler {
  #ratio;
  #reach;
  #kept = new Float32Array(0);
  #at;

  constructor(from, to) {
    this.#ratio = from / to;
    this.#reach = Math.ceil(LOBES * this.#ratio);
    this.#at = 0;
  }

  /** Takes `samples` (-1 to 1) and gives the 16-bit ones that are complete by now. */
  feed(samples) {
    const input = new Float32Array(this.#kept.length + samples.length);
    input.set(this.#kept);
    input.set(samples, this.#kept.length);
    const out = [];
    while (this.#at + this.#reach < input.length) {
      out.push(Math.round(Math.max(-1, Math.min(1, this.#sample(input))) * 32767));
      this.#at += this.#ratio;
    }
    const done = Math.max(0, Math.floor(this.#at) - this.#reach);
    this.#kept = input.slice(done);
    this.#at -= done;
    return Int16Array.from(out);
  }

  #sample(input) {
    const first = Math.max(0, Math.ceil(this.#at - this.#reach));
    let sum = 0;
    let weights = 0;
    for (let i = first; i < this.#at + this.#reach; i++) {
      const x = (i - this.#at) / this.#ratio;
      const weight = sinc(x) * sinc(x / LOBES);
      sum += weight * input[i];
      weights += weight;
    }
    return sum / weights;
  }
}

const sinc = (x) => (x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x));
