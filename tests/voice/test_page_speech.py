"""A page that is talked to: a real browser with a voice in its microphone, the real application and ears."""

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import expect

from server import create_app
from settings import Settings
from tests.voice.conftest import Speak
from tests.voice.page_browser import Kiosk, browsing, needs_browser, served
from tests.voice.page_microphone import give_microphone, say, stopped_after

pytestmark = needs_browser


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    app: Flask = create_app(Settings(data_dir=tmp_path_factory.mktemp("kiosk"), worker=False))
    with served(app) as address:
        yield address
    app.extensions["spotter"].close()


@pytest.fixture
def kiosk(address: str) -> Iterator[Kiosk]:
    with browsing("--use-fake-ui-for-media-stream") as browser:
        kiosk = Kiosk(browser.new_page())
        give_microphone(kiosk.page)
        kiosk.page.goto(address)
        yield kiosk


def settled(kiosk: Kiosk) -> None:
    """It was stopped by hand, and its microphone has been open for a second: now it can be talked over."""
    kiosk.tap("Ask me")
    kiosk.page.click("#talk")
    kiosk.face("listening")
    kiosk.page.wait_for_timeout(1_500)


def test_whoever_speaks_stops_the_kiosk(kiosk: Kiosk, speak: Speak) -> None:
    page = kiosk.page
    settled(kiosk)
    kiosk.tap("Replay")
    again, took = speak("Say it again."), []
    for _ in range(5):
        # The kiosk is talking: its words are lit as it says them.
        expect(page.locator(".word.said").first).to_be_visible(timeout=20_000)
        say(page, again)
        kiosk.face("listening")
        took.append(stopped_after(page))
        kiosk.face("speaking", seconds=20)
    # From the first loud sample to silence. On a machine that does other things as well, the best counts.
    assert 0 < min(took) < 200, took
    assert max(took) < 1_000, took


def test_what_interrupts_the_kiosk_is_heard_from_its_first_word(kiosk: Kiosk, speak: Speak) -> None:
    page = kiosk.page
    settled(kiosk)
    kiosk.tap("Replay")
    expect(page.locator(".word.said").first).to_be_visible(timeout=20_000)
    say(page, speak("I cannot feel my legs."))
    expect(page.locator("#heard-words")).to_have_text(re.compile("feel my legs"), timeout=20_000)
    expect(page.locator("body")).to_have_attribute("data-level", "emergency", timeout=20_000)


def test_a_tap_stops_the_kiosk_at_once(kiosk: Kiosk) -> None:
    page = kiosk.page
    kiosk.tap("Ask me")
    expect(page.locator(".word.said").first).to_be_visible(timeout=20_000)
    page.evaluate("talk.addEventListener('click', () => (times = { spoke: performance.now() }), true)")
    page.click("#talk")
    assert 0 <= stopped_after(page) < 200
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
