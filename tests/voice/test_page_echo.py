"""The kiosk's own voice in its microphone: a real browser in a room where all that it plays comes back."""

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, WebSocket, expect

from server import create_app
from settings import Settings
from tests.voice import sound_room
from tests.voice.conftest import Speak
from tests.voice.page_browser import Kiosk, browsing, needs_browser, served
from tests.voice.page_script import Script
from tests.voice.sound_room import SoundRoom
from tests.voice.words import overlap
from voice.wav import RATE, to_wav

pytestmark = needs_browser

# A tablet's microphone hears its own loudspeaker fainter than it plays.
_FAINTER_DB = 12
# The first sentence of the question takes longer (ms).
_SPEAKING = 2_500
# On a machine that does other things as well, sound stumbles, and the browser has to find it again.
_VISITS = 6
_UNCANCELLED = """
const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
navigator.mediaDevices.getUserMedia = ({ audio }) => ask({ audio: { ...audio, echoCancellation: false } });
"""


class Talking:
    """A kiosk that has begun to speak in the room, and what its server said to it."""

    def __init__(self, kiosk: Kiosk, address: str) -> None:
        self.kiosk = kiosk
        self.told: list[dict[str, Any]] = []
        kiosk.page.on("websocket", self._opened)
        kiosk.page.goto(address)
        kiosk.tap("Ask me")
        self.until("state", state="speaking")

    def _opened(self, socket: WebSocket) -> None:
        socket.on("framereceived", self._note)

    def _note(self, message: str | bytes) -> None:
        if isinstance(message, str):
            self.told.append(json.loads(message))

    def until(self, kind: str, **fields: Any) -> dict[str, Any]:
        """The first message of this kind with these fields, once it was there."""
        wanted = fields.items() | {("type", kind)}
        for _ in range(500):
            for message in self.told:
                if wanted <= message.items():
                    return message
            self.kiosk.page.wait_for_timeout(100)
        raise AssertionError(f"{kind} {fields} did not come, but {self.kinds()}")

    def kinds(self) -> set[str]:
        return {str(message["type"]) for message in self.told}


@pytest.fixture(scope="module")
def kiosk_address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    app: Flask = create_app(Settings(data_dir=tmp_path_factory.mktemp("kiosk"), worker=False))
    with served(app) as address:
        yield address
    app.extensions["spotter"].close()


@pytest.fixture
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SoundRoom]:
    if missing := sound_room.missing():
        pytest.skip(f"NOT TESTED, {missing} is missing: apt install pulseaudio pulseaudio-utils")
    room = SoundRoom(tmp_path_factory.mktemp("room"))
    room.hear_fainter(_FAINTER_DB)
    yield room
    room.close()


@pytest.fixture
def kiosk(room: SoundRoom) -> Iterator[Kiosk]:
    # What it plays is what the microphone hears.
    environment = room.environment | {"PULSE_SINK": "room"}
    with browsing("--use-fake-ui-for-media-stream", environment=environment) as browser:
        yield Kiosk(browser.new_page())


@pytest.mark.usefixtures("whisper")
def test_the_kiosk_begins_to_speak_without_hearing_itself_and_hears_others_in_the_room(
    kiosk_address: str, room: SoundRoom, kiosk: Kiosk, speak: Speak
) -> None:
    for _ in range(_VISITS):
        talking = Talking(kiosk, kiosk_address)
        kiosk.page.wait_for_timeout(_SPEAKING)
        if talking.kinds().isdisjoint({"hush", "partial", "heard"}):
            break
    else:
        raise AssertionError("it stopped itself each time")
    kiosk.face("speaking")

    # The same microphone hears whoever else is there, once the kiosk is quiet.
    kiosk.page.keyboard.press("Escape")
    kiosk.face("listening")
    said, heard = "My lower back got tight during squats.", ""
    for _ in range(_VISITS):
        talking.told.clear()
        room.say(speak(said))
        heard = talking.until("heard", by="speech")["text"]
        if overlap(said, heard) > 0.5:
            return
        kiosk.page.keyboard.press("Escape")
        kiosk.face("listening")
    raise AssertionError(f"it heard {heard}")


@pytest.mark.usefixtures("whisper")
def test_where_the_browser_takes_nothing_out_the_kiosk_hears_itself(kiosk_address: str, kiosk: Kiosk) -> None:
    kiosk.page.add_init_script(_UNCANCELLED)
    for _ in range(_VISITS):
        Talking(kiosk, kiosk_address).until("hush")


def test_a_microphone_that_opens_while_the_kiosk_speaks_is_heard_a_second_later(
    pretending: Browser, address: str
) -> None:
    page = pretending.new_page()
    script = Script(page)
    page.goto(address)
    assert first_sound_after(page, script, time.monotonic()) < 5, "it is heard at once where nothing is said"
    page.click("#mute")
    expect(page.locator("#mute")).to_have_text("Microphone off")
    script.speaks(to_wav(bytes(6 * RATE * 2)))
    page.wait_for_timeout(300)
    page.click("#mute")
    expect(page.locator("#mute")).to_have_text("Microphone on")
    assert 0.6 < first_sound_after(page, script, time.monotonic()) < 3
    page.close()


def first_sound_after(page: Page, script: Script, since: float) -> float:
    """How many seconds later the first sound of the microphone comes."""
    for _ in range(300):
        if later := [at for at in script.sounds if at > since]:
            return later[0] - since
        page.wait_for_timeout(20)
    raise AssertionError("no sound came")
