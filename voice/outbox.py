"""What a kiosk's stream is to be sent and has not taken yet."""

import json
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any

from simple_websocket import ConnectionClosed

# What a slow client has not taken yet (bytes), and how long one message may take it (s).
_MOST_UNSENT = 8_000_000
SLOWEST = 10.0


class Outbox:
    """What the client has not taken yet. Filled by any thread, sent by its own."""

    def __init__(self, send: Callable[[str | bytes], None]) -> None:
        self._send = send
        self._changed = threading.Condition()
        self._messages: deque[str | bytes] = deque()
        self._unsent = 0
        self._since: float | None = None
        self._over = False
        self.too_slow = False
        self._thread = threading.Thread(target=self._run, name="stream out", daemon=True)
        self._thread.start()

    def tell(self, message: Mapping[str, Any]) -> None:
        """Sends one JSON object."""
        self._put(json.dumps(message, ensure_ascii=False))

    def sound(self, message: Mapping[str, Any], wav: bytes) -> None:
        """Sends one JSON object, and at once behind it the sound that it announces."""
        self._put(json.dumps(message, ensure_ascii=False), wav)

    def _put(self, *messages: str | bytes) -> None:
        with self._changed:
            if self._unsent > _MOST_UNSENT:
                self.too_slow = True
            if self.too_slow or self._over:
                return
            self._messages.extend(messages)
            self._unsent += sum(map(len, messages))
            self._changed.notify()

    @property
    def stuck(self) -> bool:
        """Whether the client does not take what is sent."""
        with self._changed:
            return self.too_slow or (self._since is not None and time.monotonic() - self._since > SLOWEST)

    def close(self, patience: float, *, drop: bool = False) -> bool:
        """Sends what is left, unless that is to be dropped. False when ``patience`` (s) is not enough."""
        with self._changed:
            self._over = True
            if drop:
                self._messages.clear()
            self._changed.notify()
        self._thread.join(patience)
        return not self._thread.is_alive()

    def _run(self) -> None:
        while True:
            with self._changed:
                while not self._messages and not self._over:
                    self._changed.wait()
                if not self._messages:
                    return
                message = self._messages.popleft()
                self._since = time.monotonic()
            try:
                self._send(message)
            except (ConnectionClosed, OSError):
                return
            with self._changed:
                self._unsent -= len(message)
                self._since = None
