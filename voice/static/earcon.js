// The two short sounds of the page, made here: "go ahead" rises, "heard you" settles.

/** Go ahead, I am listening. */
export const listening = (context) => tones(context, [523.25, 783.99]);

/** Heard you. */
export const heard = (context) => tones(context, [659.26, 523.25]);

function tones(context, pitches) {
  pitches.forEach((pitch, i) => {
    const start = context.currentTime + i * 0.09;
    const loudness = new GainNode(context, { gain: 0 });
    loudness.gain.setValueAtTime(0, start);
    loudness.gain.linearRampToValueAtTime(0.12, start + 0.015);
    loudness.gain.exponentialRampToValueAtTime(0.001, start + 0.16);
    const tone = new OscillatorNode(context, { type: "sine", frequency: pitch });
    tone.connect(loudness).connect(context.destination);
    tone.start(start);
    tone.stop(start + 0.17);
  });
}
