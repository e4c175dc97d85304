"""Doing the same thing from many threads at the same moment."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Result = TypeVar("Result")


def run_together(count: int, work: Callable[[int], Result]) -> list[Result]:
    """The results of ``work(0)`` to ``work(count - 1)``, each in its own thread, begun together."""
    start = threading.Barrier(count)

    def begin(number: int) -> Result:
        start.wait(timeout=10)
        return work(number)

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(begin, range(count)))
