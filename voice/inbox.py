"""What a kiosk's stream has sent and was not done yet, and how much of it may come."""

import threading
import time
from collections import deque

from voice.mouth import Uttered
from voice.wav import RATE

# What waits to be done (bytes): two minutes of sound, or as much text; and messages of all kinds.
_MOST_BYTES = 120 * RATE * 2
_MOST_MESSAGES = 8000
# Sound may come so much faster than it is spoken, in the long run, and so many seconds of it at once.
_FASTER, _BURST = 20.0, 240.0


class Inbox:
    """What came and was not done yet. One thread puts, another takes."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._messages: deque[bytes | str | Uttered] = deque()
        self._bytes = 0

    def put(self, message: bytes | str | Uttered) -> bool:
        """False when there is too much already."""
        size = _size(message)
        with self._changed:
            if self._bytes + size > _MOST_BYTES or len(self._messages) >= _MOST_MESSAGES:
                return False
            self._messages.append(message)
            self._bytes += size
            self._changed.notify()
        return True

    def get(self, timeout: float) -> bytes | str | Uttered | None:
        """The next message; ``None`` when none came in time."""
        with self._changed:
            if not self._messages:
                self._changed.wait(timeout)
            if not self._messages:
                return None
            message = self._messages.popleft()
            self._bytes -= _size(message)
            return message


def _size(message: bytes | str | Uttered) -> int:
    """As much as it holds, or nearly: letters may be longer than a byte."""
    return 0 if isinstance(message, Uttered) else len(message)


class Allowance:
    """How much sound may come: as much as is spoken, a good deal faster, and some at once (s)."""

    def __init__(self) -> None:
        self._left, self._at = _BURST, time.monotonic()

    def takes(self, seconds: float) -> bool:
        """Whether ``seconds`` more of sound may come now."""
        now = time.monotonic()
        self._left = min(_BURST, self._left + (now - self._at) * _FASTER) - seconds
        self._at = now
        return self._left >= 0
