"""The other end of the page's stream, played by hand: faces that a conversation takes minutes to show."""

import json
import time
from typing import Any

from playwright.sync_api import Page, WebSocketRoute

READY = {
    "type": "ready", "kiosk": "", "hears": "en", "wake": "hey spotter", "emergency_number": "911",
    "volume": 80, "speed": 170,
}  # fmt: skip
ANSWER: dict[str, Any] = {
    "type": "answer", "conversation": "c1", "heard": None, "step": "", "asks": [], "level": "info",
    "done": False, "buttons": [], "ask_again_in": None, "emergency_number": "911", "language": "en",
    "aside": None, "anything": False, "confirming": False, "beside": False,
    "progress": {"settled": 0, "of": 9},
}  # fmt: skip
# Seconds.
PATIENCE = 5.0


class Script:
    """Takes the place of ``/voice/stream`` for ``page``, says ``READY`` with ``fields``, and waits."""

    def __init__(self, page: Page, **fields: Any) -> None:
        self._page = page
        self.heard: list[dict[str, Any]] = []
        # When each piece of the microphone's sound came (s, a clock that only runs forward).
        self.sounds: list[float] = []
        self._ready = READY | fields
        self._socket: WebSocketRoute | None = None
        self._id = 0
        page.route_web_socket("**/voice/stream", self._opened)

    def _opened(self, socket: WebSocketRoute) -> None:
        self._socket = socket
        socket.on_message(self._take)

    def _take(self, data: str | bytes) -> None:
        if isinstance(data, bytes):
            self.sounds.append(time.monotonic())
            return
        self.heard.append(json.loads(data))
        if self.heard[-1]["type"] == "hello":
            self.say(**self._ready)

    def hears(self, kind: str, **fields: Any) -> None:
        """Waits until the last thing that the page said is this: a click returns before it has arrived."""
        wanted, until = fields | {"type": kind}, time.monotonic() + PATIENCE
        while self.heard[-1:] != [wanted] and time.monotonic() < until:
            self._page.wait_for_timeout(20)
        assert self.heard[-1:] == [wanted]

    def say(self, **message: Any) -> None:
        """Sends one message to the page."""
        assert self._socket, "the page has not connected"
        self._socket.send(json.dumps(message))

    def state(self, state: str, **fields: Any) -> None:
        self.say(type="state", state=state, **fields)

    def answer(self, *replies: str, **fields: Any) -> None:
        """The page is answered, and it is the person's turn."""
        self._id += 1
        self.state("speaking")
        self.say(**ANSWER | {"id": self._id, "replies": replies, "sentences": replies} | fields)
        self.state("confirming" if fields.get("confirming") else "listening")

    def speaks(self, wav: bytes) -> None:
        """The page begins to say ``wav``."""
        assert self._socket, "the page has not connected"
        self._id += 1
        self.state("speaking")
        self.say(**ANSWER | {"id": self._id, "replies": ["Hello."], "sentences": ["Hello."]})
        self.say(type="sound", id=self._id, sentence=0, last=True)
        self._socket.send(wav)

    def close(self, code: int, reason: str) -> None:
        """Ends the connection as the server would."""
        assert self._socket, "the page has not connected"
        self._socket.close(code=code, reason=reason)
