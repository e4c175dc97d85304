"""What a kiosk without a screen prints: who said what, and what is wrong."""

from typing import TextIO

# A line that is still being said is written over; this clears what was longer.
_AGAIN = "\r\033[K"


class Captions:
    """A running caption on ``out``. What is still being said is shown on a terminal only."""

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._live = out.isatty()
        self._open = False

    def line(self, who: str, text: str) -> None:
        """``who`` said ``text``."""
        self._write(f"{_AGAIN if self._open else ''}{who}: {text}\n", open_after=False)

    def note(self, text: str) -> None:
        """Something about the kiosk itself."""
        self._write(f"{_AGAIN if self._open else ''}({text})\n", open_after=False)

    def partial(self, who: str, text: str) -> None:
        """``who`` has said ``text`` so far."""
        if self._live:
            self._write(f"{_AGAIN}{who}: {text} ...", open_after=True)

    def _write(self, text: str, *, open_after: bool) -> None:
        self._out.write(text)
        self._out.flush()
        self._open = open_after
