"""A look at something that may hang, for whoever must not wait."""

import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Generic, TypeVar

Seen = TypeVar("Seen")


class Look(Generic[Seen]):
    """Calls ``ask`` in a thread of its own, one at a time, however many want to know at the same moment.

    Nobody waits longer than ``patience`` seconds, and a thread that hangs stays the only one.
    """

    def __init__(self, ask: Callable[[], Seen], patience: float) -> None:
        self._ask = ask
        self._patience = patience
        self._guard = threading.Lock()
        self._asked: Future[Seen] | None = None

    def __call__(self) -> Seen:
        """What ``ask`` gives. Raises what it raises, and `TimeoutError` when it takes too long."""
        with self._guard:
            if self._asked is None or self._asked.done():
                self._asked = Future()
                threading.Thread(target=self._run, args=(self._asked,), name="look", daemon=True).start()
            asked = self._asked
        return asked.result(self._patience)

    def _run(self, asked: "Future[Seen]") -> None:
        try:
            asked.set_result(self._ask())
        except BaseException as error:
            asked.set_exception(error)
