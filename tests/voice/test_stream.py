"""The stream as others see it: real WebSockets, real sound, the real conversation and the real voice."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

from flows.versions import Versions
from store.store import Store
from tests.voice.conftest import Speak
from tests.voice.stream_client import Program, serving
from tests.voice.words import overlap
from voice.conversation import Hands
from voice.dialogue import Dialogue
from voice.ears import Ears
from voice.listener import Listener
from voice.pyttsx3_synthesiser import Pyttsx3Synthesiser
from voice.speech_cache import SpeechCache
from voice.stream import stream_blueprint
from voice.vad import SileroDetector
from voice.wav import any_pcm


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store(f"sqlite:///{tmp_path / 'kiosk.db'}")
    yield store
    store.database.close()


@pytest.fixture
def hands(versions: Versions, store: Store, synthesiser: Pyttsx3Synthesiser, tmp_path: Path) -> Hands:
    """Those of a kiosk that hears nothing."""
    speech = {"en": SpeechCache(synthesiser, tmp_path / "speech")}
    return Hands(Dialogue(versions, store, "US"), speech, None, "", "", "911", store.now)


@pytest.fixture
def hearing(hands: Hands, ears: Ears) -> Hands:
    return replace(hands, listen=lambda: Listener(ears.open(), SileroDetector()), hears="en")


def app_of(hands: Hands, most: int = 4, leaving: threading.Event | None = None) -> Flask:
    app = Flask("kiosk")
    app.register_blueprint(stream_blueprint(hands, most, leaving or threading.Event()))
    return app


def test_a_program_that_only_sends_sound_is_heard_and_answered_aloud(hearing: Hands, speak: Speak) -> None:
    with serving(app_of(hearing)) as url:
        program = Program.connect(url)
        program.push(speak("I cannot feel my legs and I wet myself."))
        answer = program.until("answer")
        assert answer["level"] == "emergency"
        assert "911" in " ".join(answer["sentences"])
        sound = program.until("sound")
        wav = program.next()
        assert (sound["id"], sound["sentence"]) == (answer["id"], 0)
        assert len(any_pcm(wav)) > 16_000
        [heard] = [one for one in program.got if isinstance(one, dict) and one["type"] == "heard"]
        assert overlap("I cannot feel my legs", heard["text"]) > 0.5
        assert program.kinds().index("partial") < program.kinds().index("heard")
        program.ws.close()
