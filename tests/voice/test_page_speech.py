"""A page that is talked to: a real browser with a voice in its microphone, the real application and ears."""

import base64
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from server import create_app
from settings import Settings
from tests.voice.conftest import Speak
from tests.voice.page_browser import Kiosk, browsing, needs_browser, served

pytestmark = needs_browser

# The microphone is the sound that `say` is given, and silence otherwise.
MICROPHONE = """
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
    };
    return mouth.stream;
};
"""
# When the first loud sound went out to the server, and when the kiosk's own voice stopped.
STOPWATCH = """
window.times = {};
const send = WebSocket.prototype.send;
WebSocket.prototype.send = function (data) {
    const loud = typeof data !== "string" && new Int16Array(data).some((one) => Math.abs(one) > 3000);
    if (loud) times.loud ??= performance.now();
    send.call(this, data);
};
const stop = AudioBufferSourceNode.prototype.stop;
AudioBufferSourceNode.prototype.stop = function () {
    times.stopped = performance.now();
    stop.call(this);
};
"""


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    app: Flask = create_app(Settings(data_dir=tmp_path, worker=False))
    with served(app) as address:
        yield address
    app.extensions["spotter"].close()


def say(page: Page, pcm: bytes) -> None:
    page.evaluate("(pcm) => say(pcm)", base64.b64encode(pcm).decode())


def test_whoever_speaks_stops_the_kiosk(address: str, speak: Speak) -> None:
    with browsing("--use-fake-ui-for-media-stream") as browser:
        kiosk = Kiosk(browser.new_page())
        kiosk.page.add_init_script(MICROPHONE + STOPWATCH)
        kiosk.page.goto(address)
        kiosk.tap("Ask me")
        kiosk.page.click("#talk")
        kiosk.face("listening")
        kiosk.tap("Replay")
        # The kiosk is talking: its words are lit as it says them.
        expect(kiosk.page.locator(".word.said").first).to_be_visible(timeout=20_000)
        say(kiosk.page, speak("I cannot feel my legs."))
        kiosk.face("listening")
        times = kiosk.page.evaluate("times")
        assert 0 < times["stopped"] - times["loud"] < 500
        expect(kiosk.page.locator("#heard-words")).to_contain_text("legs", timeout=20_000)
        kiosk.face("speaking", seconds=20)
        expect(kiosk.page.locator(".word.said").first).to_be_visible(timeout=20_000)
        # And so does a tap.
        kiosk.page.evaluate("talk.addEventListener('click', () => (times.tapped = performance.now()), true)")
        kiosk.page.click("#talk")
        times = kiosk.page.evaluate("times")
        assert 0 <= times["stopped"] - times["tapped"] < 200
        kiosk.face("listening", "ready")


def test_the_microphone_is_closed_by_its_button(address: str) -> None:
    with browsing("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream") as browser:
        kiosk = Kiosk(browser.new_page())
        kiosk.page.add_init_script("""
            window.tracks = [];
            const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
            navigator.mediaDevices.getUserMedia = async (wanted) => {
                const stream = await ask(wanted);
                tracks.push([stream.getAudioTracks()[0], wanted.audio]);
                return stream;
            };""")
        kiosk.page.goto(address)
        kiosk.page.click("#talk")
        kiosk.face("listening")
        expect(kiosk.page.locator("#mute")).to_have_text("Microphone on")
        assert kiosk.page.evaluate(
            "tracks.map(([track, audio]) => [track.readyState, audio.echoCancellation])"
        ) == [["live", True]]
        kiosk.page.click("#mute")
        expect(kiosk.page.locator("#mute")).to_have_text("Microphone off")
        kiosk.face("ready")
        assert kiosk.page.evaluate("tracks.map(([track]) => track.readyState)") == ["ended"]
