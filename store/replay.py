"""Hands over what waits in the journal, once the database can be used again."""

import logging
import threading
from collections import Counter
from collections.abc import Callable, Mapping

from flows.broken import where
from store.database import TROUBLE
from store.journal import Journal, Unkept
from store.store import Store

log = logging.getLogger(__name__)

_LOOK_EVERY_SECONDS = 2.0
_TROUBLE_SECONDS = 10.0
# So often an entry is tried that fails although the database can be used.
_TRIES = 5

# Keeps an entry in the database, at ``now``. It may be asked twice, and uses the entry's key to do it once.
Hand = Callable[[Unkept, float], None]


class TooEarlyError(RuntimeError):
    """Nothing can be handled yet; it is nobody's fault but ours."""


class Replay:
    """A thread that looks into ``journal`` every few seconds; ``hands`` are named by the kind of an entry.

    An entry is removed after it was kept, so a crash between the two only has it handed over again. One
    that fails again and again is set aside, and holds up no others.
    """

    def __init__(self, journal: Journal, store: Store, hands: Mapping[str, Hand]) -> None:
        self._journal = journal
        self._store = store
        self._hands = hands
        self._failures: Counter[str] = Counter()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="journal-replay", daemon=True)

    def start(self) -> None:
        """Begins to look."""
        self._thread.start()

    def stop(self) -> None:
        """Finishes the entry in hand and ends the thread."""
        self._stopping.set()
        self._thread.join()

    def look(self) -> bool:
        """Hands over everything that can be, oldest first; false when it is too early. Never raises."""
        self._journal.tend()
        return all(self._hand_over(name) for name in self._journal.waiting())

    def _hand_over(self, name: str) -> bool:
        """False when it is too early for this one and for all others."""
        if self._stopping.is_set():
            return False
        try:
            unkept = self._journal.read(name)
            hand = self._hands[unkept.kind]
        except FileNotFoundError:
            # Another process was faster.
            return True
        except Exception as error:
            # The file's own trouble, and no reason for the others to wait.
            self._fails(name, error)
            return True
        try:
            hand(unkept, self._store.now())
        except TooEarlyError:
            return False
        except Exception as error:
            if isinstance(error, TROUBLE) and not _is_its_own(error):
                log.error("%s in the journal was not handed over: %s", name, where(error))
                return False
            self._fails(name, error)
            return True
        try:
            self._journal.remove(name)
            log.info("a %s out of the journal is kept now", unkept.kind)
        except OSError as error:
            self._fails(name, error)
        return True

    def _fails(self, name: str, error: Exception) -> None:
        log.error("%s in the journal was not handed over: %s", name, where(error))
        self._failures[name] += 1
        if self._failures[name] < _TRIES:
            return
        try:
            self._journal.set_aside(name)
        except OSError as trouble:
            log.error("%s in the journal cannot be set aside: %s", name, where(trouble))

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._stopping.wait(_LOOK_EVERY_SECONDS if self.look() else _TROUBLE_SECONDS)


def _is_its_own(error: Exception) -> bool:
    """Whether the database refused this entry itself, and would take another."""
    refused = getattr(error, "orig", error)
    return type(refused).__name__ in ("DataError", "IntegrityError")
