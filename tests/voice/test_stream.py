"""The stream as others see it: real WebSockets, real sound, the real conversation and the real voice."""

import json
import os
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from flask import Flask
from simple_websocket import ConnectionClosed

from flows.versions import Versions
from store.store import Store
from tests.keys import KEYS
from tests.voice.conftest import Speak
from tests.voice.stream_client import Program, serving
from tests.voice.words import overlap
from voice.dialogue import Dialogue
from voice.ears import Ears
from voice.hands import Hands
from voice.listener import Listener, open_listener
from voice.pairing import Pairing
from voice.pyttsx3_synthesiser import Pyttsx3Synthesiser
from voice.recogniser import RecogniserError
from voice.speech_cache import SpeechCache
from voice.stream import stream_blueprint
from voice.wav import any_pcm

HANDSHAKE = (
    b"GET /voice/stream HTTP/1.1\r\nHost: here\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)


def masked(message: dict[str, str]) -> bytes:
    """``message`` as a client's frame."""
    text, mask = json.dumps(message).encode(), os.urandom(4)
    assert len(text) < 126
    return bytes([0x81, 0x80 | len(text)]) + mask + bytes(one ^ mask[at % 4] for at, one in enumerate(text))


MASKED_STARTED = masked({"type": "event", "event": "started"})
# Is not asked: who connects here is on the same machine.
NOBODY = Pairing(Store("sqlite:////nowhere/kiosk.db", KEYS))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store(f"sqlite:///{tmp_path / 'kiosk.db'}", KEYS)
    yield store
    store.database.close()


@pytest.fixture
def hands(versions: Versions, store: Store, synthesiser: Pyttsx3Synthesiser, tmp_path: Path) -> Hands:
    """Those of a kiosk that hears nothing."""
    speech = {"en": SpeechCache(synthesiser, tmp_path / "speech")}
    return Hands(Dialogue(versions, store, "US"), speech, None, "", "911", store.now)


@pytest.fixture
def hearing(hands: Hands, ears: Ears) -> Hands:
    return replace(hands, listen=lambda: open_listener(ears), hears="en")


def app_of(hands: Hands, most: int = 4, leaving: threading.Event | None = None) -> Flask:
    app = Flask("kiosk")
    app.register_blueprint(stream_blueprint(hands, NOBODY, most, leaving or threading.Event()))
    return app


def test_who_speaks_stops_the_voice_and_is_heard(hearing: Hands, speak: Speak) -> None:
    with serving(app_of(hearing)) as url, Program.connect(url) as program:
        program.send("hello")
        program.send("event", event="started")
        answer = program.until("answer")
        program.until("sound")
        program.push(speak("My lower back is tight."))
        assert program.until("hush")["id"] == answer["id"]
        assert overlap("my lower back is tight", program.until("heard")["text"]) > 0.5


def test_words_can_be_typed_and_tapped_where_nothing_can_be_heard(hands: Hands) -> None:
    with serving(app_of(hands)) as url, Program.connect(url) as program:
        program.send("hello", mode="wake", kiosk="racks")
        assert program.until("ready")["hears"] == ""
        assert program.until("state")["state"] == "idle"
        program.send("say", text="both my legs are numb")
        assert program.until("heard") == {
            "type": "heard", "text": "both my legs are numb", "sure": True, "by": "text"
        }  # fmt: skip
        answer = program.until("answer")
        assert answer["level"] == "emergency"
        program.send("spoken", id=answer["id"])
        program.until("state", state="listening")
        program.send("restart")
        program.until("state", state="idle")
        program.send("say", text="hello")
        assert program.until("answer")["conversation"] != answer["conversation"]


def test_a_broken_recogniser_says_whom_to_call_and_touch_still_works(hands: Hands) -> None:
    def broken() -> Listener:
        raise RecogniserError("the recogniser is gone")

    with serving(app_of(replace(hands, listen=broken, hears="en"))) as url, Program.connect(url) as program:
        program.push(b"", tail=0.1)
        assert "911" in " ".join(program.until("answer")["replies"])
        program.send("say", text="my lower back is tight")
        assert program.until("answer")["step"]


def test_what_is_wrong_with_a_message_is_said(hands: Hands) -> None:
    with serving(app_of(hands)) as url, Program.connect(url) as program:
        for wrong in ("{", "[]", '{"type": "dance"}', '{"type": "say", "text": ""}', b"x"):
            program.ws.send(wrong)
            error = program.until("error")
            assert error["emergency_number"] == "911"
            assert not error["closing"]


def closed(program: Program) -> int | None:
    """The code with which the server ends the stream."""
    try:
        while True:
            program.next()
    except ConnectionClosed as end:
        return None if end.reason is None else int(end.reason)


def test_only_so_many_kiosks_at_a_time(hands: Hands) -> None:
    with serving(app_of(hands, most=1)) as url:
        with Program.connect(url) as first:
            first.until("ready")
            with Program.connect(url) as second:
                assert second.until("error")["closing"]
                assert closed(second) == 1013
        # The place is free again.
        for _ in range(100):
            with Program.connect(url) as third:
                if third.next()["type"] == "ready":
                    return
            time.sleep(0.1)
        raise AssertionError("the first place was never given back")


def test_a_message_that_is_too_large_and_too_much_sound_end_the_stream(hands: Hands) -> None:
    with serving(app_of(hands)) as url:
        with Program.connect(url) as program:
            program.ws.send(bytes(64_002))
            assert closed(program) == 1009
        with Program.connect(url) as program:
            with suppress(ConnectionClosed, OSError):
                for _ in range(600):
                    program.ws.send(bytes(64_000))
            assert closed(program) in (1009, None, 1006)


def test_a_server_that_ends_says_so_at_once(hands: Hands) -> None:
    leaving = threading.Event()
    with serving(app_of(hands, leaving=leaving)) as url, Program.connect(url) as program:
        program.until("ready")
        leaving.set()
        began = time.monotonic()
        assert closed(program) == 1001
        assert time.monotonic() - began < 1


def test_a_client_that_takes_nothing_is_dropped(hands: Hands, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("voice.outbox._MOST_UNSENT", 100_000)
    with serving(app_of(hands, most=1)) as url:
        with socket.create_connection(urlsplit(url).netloc.split(":")) as slow:  # type: ignore[arg-type]
            slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            slow.sendall(HANDSHAKE)
            for _ in range(400):
                with suppress(OSError):
                    slow.sendall(MASKED_STARTED)
            until = time.monotonic() + 60
            while time.monotonic() < until:
                with Program.connect(url) as other:
                    if other.next()["type"] == "ready":
                        return
                time.sleep(0.1)
        raise AssertionError("the slow client keeps its place")


def test_a_program_that_only_sends_sound_is_heard_and_answered_aloud(hearing: Hands, speak: Speak) -> None:
    with serving(app_of(hearing)) as url, Program.connect(url) as program:
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
