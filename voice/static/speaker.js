// Plays what is said, sentence by sentence as it comes. It plays through the context of the microphone, so
// that the browser can take the kiosk's own voice out of what is heard.

export class Speaker {
  #queue = [];
  #source = null;
  #loudness;
  #turn = 0;

  /** `on.sentence(index)`, `on.progress(share)` of it, `on.ended(id)` and `on.mute(id)` tell how it goes. */
  constructor(context, on) {
    this.context = context;
    this.on = on;
    this.#loudness = new GainNode(context);
    this.#loudness.connect(context.destination);
  }

  /** `percent` of full loudness. */
  set volume(percent) {
    // Loudness is heard in steps of ratio.
    this.#loudness.gain.value = (percent / 100) ** 2;
  }

  /** Whether something is being said. */
  get speaking() {
    return this.#queue.length > 0;
  }

  /** Takes a sentence: {id, sentence, last}, and its WAV as an `ArrayBuffer`. */
  async say(piece, wav) {
    const turn = this.#turn;
    const decoded = this.context.decodeAudioData(wav);
    this.#queue.push({ ...piece, decoded });
    if (this.#queue.length === 1) await this.#playOn(turn);
  }

  /** Falls silent at once, and forgets what was still to be said. */
  stop() {
    this.#turn++;
    this.#queue = [];
    this.#source?.stop();
    this.#source = null;
  }

  async #playOn(turn) {
    while (turn === this.#turn && this.#queue.length) {
      const { id, sentence, last, decoded } = this.#queue[0];
      try {
        const buffer = await decoded;
        if (turn !== this.#turn) return;
        if (this.context.state !== "running") throw new Error("no sound before a touch");
        this.on.sentence(sentence);
        await this.#sound(buffer);
      } catch {
        if (turn === this.#turn) this.on.mute(id);
        this.stop();
        return;
      }
      if (turn !== this.#turn) return;
      this.#queue.shift();
      if (last) this.on.ended(id);
    }
  }

  #sound(buffer) {
    const source = new AudioBufferSourceNode(this.context, { buffer });
    const started = this.context.currentTime;
    const follow = setInterval(() => this.on.progress((this.context.currentTime - started) / buffer.duration), 100);
    this.#source = source;
    source.connect(this.#loudness);
    source.start();
    return new Promise((resolve) => {
      source.onended = () => {
        clearInterval(follow);
        resolve();
      };
    });
  }
}
