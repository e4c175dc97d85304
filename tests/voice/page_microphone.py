"""A browser's microphone that hears what a test says when it likes, and a stopwatch for interruptions."""

import base64

from playwright.sync_api import Page

# Silence, and the sound that `say` is given. `times.spoke` is when its first loud sample comes, and
# `times.stopped` when the kiosk's own voice was stopped (ms).
_SCRIPT = """
window.times = {};
navigator.mediaDevices.getUserMedia = async () => {
    const context = new AudioContext();
    const mouth = context.createMediaStreamDestination();
    new ConstantSourceNode(context, { offset: 0 }).connect(mouth);
    window.say = (pcm) => {
        const samples = new Int16Array(Uint8Array.from(atob(pcm), (one) => one.charCodeAt(0)).buffer);
        const buffer = context.createBuffer(1, samples.length, 16000);
        buffer.copyToChannel(Float32Array.from(samples, (one) => one / 32768), 0);
        const source = new AudioBufferSourceNode(context, { buffer });
        source.connect(mouth);
        source.start();
        const quiet = samples.findIndex((one) => Math.abs(one) > 3000);
        times = { spoke: performance.now() + quiet / 16 };
    };
    return mouth.stream;
};
const stop = AudioBufferSourceNode.prototype.stop;
AudioBufferSourceNode.prototype.stop = function () {
    times.stopped ??= performance.now();
    stop.call(this);
};
"""


def give_microphone(page: Page) -> None:
    """From the next page on, ``page`` hears what `say` says and nothing else."""
    page.add_init_script(_SCRIPT)


def say(page: Page, pcm: bytes) -> None:
    """Says ``pcm`` (16 kHz, mono, 16 bit) into the microphone of ``page``, without waiting."""
    page.evaluate("(pcm) => say(pcm)", base64.b64encode(pcm).decode())


def stopped_after(page: Page) -> float:
    """How long after the last words began the kiosk was silent, in ms."""
    times = page.evaluate("times")
    return float(times["stopped"] - times["spoke"])
