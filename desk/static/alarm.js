// Sounds, made here and from no file: two tones again and again until somebody has the emergency, and lower
// ones now and then where alerts are not shown any more.

const ALARM = { tones: [880, 660], every: 2_000 };
const WARNING = { tones: [440, 330, 440], every: 30_000 };

export class Alarm {
  /** `told` hears whether the alarm is on, and whether the browser keeps it quiet until a touch. */
  constructor(told) {
    this.told = told;
    this.context = null;
    this.timer = null;
    this.warner = null;
  }

  sound(on) {
    if (on === Boolean(this.timer)) return;
    clearInterval(this.timer);
    this.timer = on ? setInterval(() => this.ring(), ALARM.every) : null;
    if (on) this.ring();
    else this.told(false, false);
  }

  /** So many `times` the lower tones; 0 ends them. */
  warn(times) {
    clearInterval(this.warner);
    if (times < 1) return;
    this.play(WARNING.tones);
    this.warner = setInterval(() => this.warn(times - 1), WARNING.every);
  }

  /** After a touch: browsers give out sound only then. */
  allow() {
    this.context ??= new AudioContext();
    this.context.resume().then(() => this.timer && this.ring());
  }

  ring() {
    this.told(true, !this.play(ALARM.tones));
  }

  play(tones) {
    this.context ??= new AudioContext();
    if (this.context.state !== "running") return false;
    tones.forEach((hertz, place) => {
      const tone = new OscillatorNode(this.context, { frequency: hertz, type: "triangle" });
      const loudness = new GainNode(this.context, { gain: 0.2 });
      tone.connect(loudness).connect(this.context.destination);
      tone.start(this.context.currentTime + place * 0.3);
      tone.stop(this.context.currentTime + place * 0.3 + 0.25);
    });
    return true;
  }
}
