// The ears and the mouth of this page: the microphone, open for as long as it is wanted, and the voice.
// There is no sound before somebody has touched the page, or allowed the microphone.

import * as earcon from "./earcon.js";
import { MicrophoneError, open } from "./microphone.js";
import { Speaker } from "./speaker.js";

// The browser takes the kiosk's own voice out of what is heard, but not while it has hardly begun to listen:
// then the kiosk stops itself, and takes its own words for the person's. So many samples are 1 s.
const SETTLING = 16_000;

export class Sound {
  #speaker = null;
  #volume = 100;
  // A function that closes it, or the promise of one.
  #microphone = null;
  #wanted = false;
  #settling = 0;

  /**
   * `on` is told what the speaker tells (see speaker.js), gets what is heard by `on.samples(buffer)`, and is
   * told by `on.deaf(kind)` why nothing can be heard.
   */
  constructor(on) {
    this.on = on;
  }

  /** Browsers give out sound only after a touch, or where the microphone is open: call it then. */
  unlock() {
    this.#speaker ??= new Speaker(new AudioContext(), this.on);
    this.#speaker.volume = this.#volume;
    const { context } = this.#speaker;
    if (context.state === "suspended") context.resume();
  }

  /** Opens or closes the microphone. */
  async hear(wanted) {
    this.#wanted = wanted;
    if (!wanted && typeof this.#microphone === "function") {
      this.#microphone();
      this.#microphone = null;
    }
    if (!wanted || this.#microphone) return;
    this.unlock();
    try {
      this.#settling = SETTLING;
      this.#microphone = open(this.#speaker.context, (buffer) => this.#heard(buffer), () => this.#deaf("missing"));
      this.#microphone = await this.#microphone;
    } catch (error) {
      if (!(error instanceof MicrophoneError)) throw error;
      return this.#deaf(error.kind);
    }
    // It may have been closed again while the browser asked.
    return this.hear(this.#wanted);
  }

  /** `percent` of full loudness. */
  set volume(percent) {
    this.#volume = percent;
    if (this.#speaker) this.#speaker.volume = percent;
  }

  /** Speaks a sentence: {id, sentence, last}, and its WAV; false while there is no sound. */
  say(piece, wav) {
    this.#speaker?.say(piece, wav);
    return this.#speaker !== null;
  }

  /** Falls silent at once. */
  hush() {
    this.#speaker?.stop();
  }

  /** The short sound of `name`: listening or heard. */
  sign(name) {
    if (this.#speaker) earcon[name](this.#speaker.context);
  }

  // Whoever is in the room is heard from the first moment on, unless the kiosk speaks over it.
  #heard(buffer) {
    this.#settling -= buffer.byteLength / 2;
    if (this.#settling <= 0 || !this.#speaker.speaking) this.on.samples(buffer);
  }

  #deaf(kind) {
    this.#microphone = null;
    this.on.deaf(kind);
  }
}
