// Plays the spoken replies. It plays through the same context as the earcons, which the person's first
// tap has unlocked, so that a reply which comes by itself is heard too.

export class Speaker {
  #source = null;
  #turn = 0;

  constructor(context) {
    this.context = context;
  }

  /**
   * Plays the WAV at `url`, calling `onProgress` with 0 to 1 as it goes. Resolves to true when it ended
   * or was stopped, to false when it cannot be heard.
   */
  async play(url, onProgress) {
    this.stop();
    const turn = this.#turn;
    try {
      const response = await fetch(url);
      if (!response.ok) return false;
      const buffer = await this.context.decodeAudioData(await response.arrayBuffer());
      if (turn !== this.#turn) return true;
      if (this.context.state !== "running") return false;
      await this.#sound(buffer, onProgress);
      return true;
    } catch {
      return turn !== this.#turn;
    }
  }

  /** Falls silent at once. */
  stop() {
    this.#turn++;
    this.#source?.stop();
    this.#source = null;
  }

  #sound(buffer, onProgress) {
    const source = new AudioBufferSourceNode(this.context, { buffer });
    const started = this.context.currentTime;
    const follow = setInterval(() => onProgress((this.context.currentTime - started) / buffer.duration), 100);
    this.#source = source;
    source.connect(this.context.destination);
    source.start();
    return new Promise((resolve) => {
      source.onended = () => {
        clearInterval(follow);
        resolve();
      };
    });
  }
}
