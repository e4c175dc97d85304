// Endpointing by loudness: has the person begun to speak, and have they finished?

const QUIET_ENDS_AFTER = 1.5;
const NOBODY_SPOKE_AFTER = 7;
const AT_MOST = 20;
const FLOOR_WINDOW = 3;
const FLOOR_FACTOR = 2.5;
const LEAST_SPEECH = 0.008;
// The page's own earcon sounds while the microphone opens.
const DEAF_FOR = 0.3;
// Shorter bursts are a plate set down or a cough, not a word.
const SPEECH_AFTER = 0.12;

/**
 * Follows one utterance, block by block. The noise floor is the quietest block of the last 3 s, so that
 * steady music is not taken for a voice.
 */
export class Endpoint {
  #time = 0;
  #blocks = [];
  #burst = 0;
  #lastSpeech = null;

  /** Whether a voice was heard. */
  get spoke() {
    return this.#lastSpeech !== null;
  }

  /** Takes in a block of `seconds` with root mean square `level` (0 to 1). True when it is time to stop. */
  hear(level, seconds) {
    this.#time += seconds;
    this.#blocks.push({ level, time: this.#time });
    while (this.#blocks[0].time < this.#time - FLOOR_WINDOW) this.#blocks.shift();
    const floor = Math.min(...this.#blocks.map((block) => block.level));
    const loud = this.#time > DEAF_FOR && level > Math.max(LEAST_SPEECH, floor * FLOOR_FACTOR);
    this.#burst = loud ? this.#burst + seconds : 0;
    if (this.#burst >= SPEECH_AFTER || (loud && this.spoke)) this.#lastSpeech = this.#time;
    if (this.#time >= AT_MOST) return true;
    if (this.spoke) return this.#time - this.#lastSpeech >= QUIET_ENDS_AFTER;
    return this.#time >= NOBODY_SPOKE_AFTER;
  }
}
