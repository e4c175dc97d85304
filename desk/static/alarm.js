// Two tones, again and again, until somebody has the emergency. Made here, from no file.

const EVERY = 2_000;
const TONES = [880, 660];

export class Alarm {
  /** `blocked` is told whether the browser keeps it quiet until somebody touches the page. */
  constructor(blocked) {
    this.blocked = blocked;
    this.context = null;
    this.timer = null;
  }

  sound(on) {
    if (on === Boolean(this.timer)) return;
    clearInterval(this.timer);
    this.timer = on ? setInterval(() => this.ring(), EVERY) : null;
    if (on) this.ring();
    else this.blocked(false);
  }

  /** After a touch: browsers give out sound only then. */
  allow() {
    this.context ??= new AudioContext();
    this.context.resume().then(() => this.timer && this.ring());
  }

  ring() {
    this.context ??= new AudioContext();
    this.blocked(this.context.state !== "running");
    if (this.context.state !== "running") return;
    TONES.forEach((hertz, place) => {
      const tone = new OscillatorNode(this.context, { frequency: hertz, type: "triangle" });
      const loudness = new GainNode(this.context, { gain: 0.2 });
      tone.connect(loudness).connect(this.context.destination);
      tone.start(this.context.currentTime + place * 0.3);
      tone.stop(this.context.currentTime + place * 0.3 + 0.25);
    });
  }
}
