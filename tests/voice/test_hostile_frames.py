"""Frames that no WebSocket client sends: they end their own stream, and the next kiosk is served."""

import socket
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flows.versions import Versions
from store.store import Store
from tests.keys import KEYS
from tests.voice.stream_client import Program, serving
from voice.dialogue import Dialogue
from voice.hands import Hands
from voice.pairing import Pairing
from voice.pyttsx3_synthesiser import Pyttsx3Synthesiser
from voice.speech_cache import SpeechCache
from voice.stream import stream_blueprint

FRAMES = st.lists(
    st.builds(
        lambda first, length, mask, body: bytes([first, length]) + mask + body,
        st.integers(0, 255),
        st.integers(0, 255),
        st.binary(min_size=4, max_size=4),
        st.binary(max_size=140),
    ),
    max_size=4,
).map(b"".join)
HANDSHAKE = (
    b"GET /voice/stream HTTP/1.1\r\nHost: here\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)


@pytest.fixture
def stream(versions: Versions, synthesiser: Pyttsx3Synthesiser, tmp_path: Path) -> Iterator[str]:
    """The address of a stream that hears nothing, for four at a time."""
    store = Store(f"sqlite:///{tmp_path / 'kiosk.db'}", KEYS)
    app = Flask("kiosk")
    speech = {"en": SpeechCache(synthesiser, tmp_path / "speech")}
    hands = Hands(Dialogue(versions, store, "US"), speech, None, "", "911", store.now)
    app.register_blueprint(stream_blueprint(hands, Pairing(store), 4, threading.Event()))
    with serving(app) as url:
        yield url
    store.database.close()


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(frames=FRAMES)
def test_any_frames_end_their_own_stream_only(stream: str, frames: bytes) -> None:
    host, _, port = urlsplit(stream).netloc.partition(":")
    with socket.create_connection((host, int(port)), timeout=10) as client:
        client.sendall(HANDSHAKE)
        assert client.recv(12).startswith(b"HTTP/1.1 101")
        with suppress(OSError):
            client.sendall(frames)
            client.shutdown(socket.SHUT_WR)
            while client.recv(65536):
                pass
    with Program.connect(stream) as program:
        program.until("ready")
        program.send("say", text="both my legs are numb")
        assert program.until("answer")["level"] == "emergency"
