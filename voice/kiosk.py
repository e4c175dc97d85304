"""A kiosk without a browser: a microphone and a speaker at the stream of a server (docs/stream.md)."""

import json
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from simple_websocket import Client, ConnectionClosed, ConnectionError

from voice.captions import Captions
from voice.earcon import go_ahead
from voice.own_words import OwnWords
from voice.plugs import Plugs
from voice.wav import WavError

_AGAIN_AFTER = 3.0
# What cannot be helped is said aloud again so often (s).
_SAY_AGAIN = 60.0
_BLOCK = 0.05
_PING_EVERY = 5
# A message to the server may have so many bytes.
_LARGEST = 64_000
_YOU, _SPOTTER = "You", "Spotter"
_GO_AHEAD = go_ahead()


@dataclass(frozen=True)
class Place:
    """The server's address (``http://…`` or ``https://…``), and the kiosk's name and token there."""

    server: str
    kiosk: str = ""
    token: str = ""

    @property
    def stream(self) -> str:
        """Address of the stream."""
        parts = urlsplit(self.server)
        scheme = {"http": "ws", "https": "wss"}[parts.scheme]
        return f"{scheme}://{parts.netloc}{parts.path.rstrip('/')}/voice/stream"


class Kiosk:
    """Carries sound to the server and back, and says what is said. `run` is for one thread."""

    def __init__(self, place: Place, plugs: Plugs, own: OwnWords, captions: Captions) -> None:
        self._place, self._plugs, self._own, self._captions = place, plugs, own, captions
        self._over = threading.Event()
        self._conversation = ""
        self._reachable: bool | None = None
        self._coming: tuple[int, bool] | None = None
        self._playing: int | None = None
        self._wake, self._away = "", False
        self._caption_before = ""
        self._said_at: dict[str, float] = {}

    def run(self) -> None:
        """Until `stop`: connects again and again, whatever goes wrong."""
        while not self._over.is_set():
            self._look()
            try:
                server = Client(self._place.stream, ping_interval=_PING_EVERY)
            except (OSError, ConnectionError) as error:
                self._cut_off(str(error) or "no answer")
            else:
                self._hold(server)
            self._wait(_AGAIN_AFTER)
        self._plugs.close()

    def stop(self) -> None:
        """Ends `run`; for another thread."""
        self._over.set()

    def _hold(self, server: Client) -> None:
        hello: dict[str, Any] = {"type": "hello", "mode": "wake", "duplex": "half"}
        given = {"kiosk": self._place.kiosk, "token": self._place.token, "conversation": self._conversation}
        try:
            _send(server, hello | {name: one for name, one in given.items() if one})
            while not self._over.is_set():
                self._look()
                self._carry(server)
            server.close()
        except (ConnectionClosed, OSError) as error:
            self._plugs.speaker.hush()
            self._coming = self._playing = None
            self._cut_off(getattr(error, "message", "") or "the connection was lost")

    def _carry(self, server: Client) -> None:
        """Once: what the microphone heard, what the server says, and what was played to its end."""
        pcm = self._plugs.microphone.read(_BLOCK)
        for at in range(0, len(pcm), _LARGEST):
            server.send(pcm[at : at + _LARGEST])
        while (message := server.receive(timeout=0)) is not None:
            if isinstance(message, str):
                self._told(server, json.loads(message))
            else:
                self._sound(bytes(message))
        if self._playing is not None and not self._plugs.speaker.playing:
            _send(server, {"type": "spoken", "id": self._playing})
            self._playing = None

    def _told(self, server: Client, message: Mapping[str, Any]) -> None:
        match message["type"]:
            case "ready":
                self._ready(message)
            case "state":
                self._state(server, message["state"])
            case "partial":
                self._captions.partial(_YOU, message["text"])
            case "heard":
                self._captions.line(_YOU, message["text"])
            case "answer":
                self._conversation = message.get("conversation") or ""
                self._caption(" ".join(message["replies"]))
            case "sound":
                self._coming = message["id"], message["last"]
            case "hush":
                self._plugs.speaker.hush()
                self._playing = None
            case "volume":
                self._plugs.speaker.volume = message["percent"] / 100
            case "error":
                self._captions.note(message["error"])

    def _state(self, server: Client, state: str) -> None:
        away = state in ("idle", "asleep")
        if away and not self._wake:
            # Nobody could wake it: it listens all the time.
            _send(server, {"type": "listen"})
        elif state == "listening" and self._away:
            self._plugs.speaker.play(_GO_AHEAD)
        self._away = away and bool(self._wake)

    def _caption(self, words: str) -> None:
        """Shown once, however often it is listened for an answer to them."""
        if words != self._caption_before:
            self._captions.line(_SPOTTER, words)
        self._caption_before = words

    def _ready(self, message: Mapping[str, Any]) -> None:
        self._reachable = True
        self._plugs.speaker.volume = message["volume"] / 100
        self._wake = message["wake"]
        self._captions.note(self._own.text("ready" if self._wake else "no_wake").replace("WAKE", self._wake))

    def _sound(self, wav: bytes) -> None:
        if self._coming is None:
            return
        (reply, last), self._coming = self._coming, None
        try:
            self._plugs.speaker.play(wav)
        except WavError as error:
            self._captions.note(str(error))
        if last:
            self._playing = reply

    def _cut_off(self, why: str) -> None:
        if self._reachable is not False:
            self._captions.note(f"{self._place.server}: {why}")
            self._captions.line(_SPOTTER, self._own.text("unreachable"))
        self._reachable = False
        self._say("unreachable")

    def _look(self) -> None:
        for change in self._plugs.look():
            self._captions.note(change.trouble or self._own.text(f"{change.device}_there"))
        if not self._plugs.microphone.is_there:
            self._say("deaf")

    def _say(self, key: str) -> None:
        """Aloud, where there is a speaker; not again and again."""
        wav, now = self._own.wav(key), time.monotonic()
        speaker = self._plugs.speaker
        if wav and speaker.is_there and now - self._said_at.get(key, float("-inf")) > _SAY_AGAIN:
            self._said_at[key] = now
            speaker.play(wav)

    def _wait(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while time.monotonic() < until and not self._over.is_set():
            self._look()
            # Nobody takes it, and what is old is nothing to answer to.
            self._plugs.microphone.read(_BLOCK)


def _send(server: Client, message: Mapping[str, Any]) -> None:
    server.send(json.dumps(message))
