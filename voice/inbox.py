"""What a kiosk's stream has sent and was not done yet, and how much of it may come."""

import threading
import time
from collections import deque

from voice.mouth import Uttered
from voice.wav import RATE

# Sound that waits to be heard (bytes), and messages of all kinds.
_MOST_SOUND = 120 * RATE * 2
_MOST_MESSAGES = 8000
# Sound may come so much faster than it is spoken, in the long run, and so many seconds of it at once.
_FASTER, _BURST = 20.0, 240.0


class Inbox:
    """What came and was not done yet. One thread puts, another takes."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._messages: deque[bytes | str | Uttered] = deque()
        self._sound = 0

    def put(self, message: bytes | str | Uttered) -> bool:
        """False when there is too much already."""
        size = len(message) if isinstance(message, bytes) else 0
        with self._changed:
            if self._sound + size > _MOST_SOUND or len(self._messages) >= _MOST_MESSAGES:
                return False
            self._messages.append(message)
            self._sound += size
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
            self._sound -= len(message) if isinstance(message, bytes) else 0
            return message


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
