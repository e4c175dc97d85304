"""People who text: each says the next thing when the last was answered, over a connection of their own."""

import multiprocessing
import socket
import threading
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing.synchronize import Barrier
from typing import BinaryIO

from bench.conversations import Talk, requests

# The clients' own processes, so that they take no turn at the server's interpreter lock.
_PROCESSES = 2
# Numbers of the people of all runs, one after the other.
_FIRST_NUMBER = 12_022_000_000
_NUMBERS_A_RUN = 20_000

_start: Barrier
_talks: list[Talk]


@dataclass(frozen=True)
class Answers:
    """How long each answer took, in ms, sorted, and how many came in a second."""

    times: list[float]
    per_second: float

    def quantile(self, share: float) -> float:
        """So many ms were enough for ``share`` of the answers."""
        return self.times[min(len(self.times) - 1, int(len(self.times) * share))]


class Clients:
    """Holds ``talks`` with servers, one after the other; no person texts twice."""

    def __init__(self, talks: list[Talk]) -> None:
        self._talks = talks
        self._runs = 0
        context = multiprocessing.get_context("spawn")
        self._alone, self._together = (
            ProcessPoolExecutor(count, context, _prepare, (context.Barrier(count), talks))
            for count in (1, _PROCESSES)
        )

    def ask(self, port: int, connections: int, seconds: float, at_most: int) -> Answers:
        """Talks for ``seconds``, or until about ``at_most`` messages a second were answered."""
        pool, count = (self._alone, 1) if connections < _PROCESSES else (self._together, _PROCESSES)
        first = _FIRST_NUMBER + self._runs * _NUMBERS_A_RUN
        self._runs += 1
        budget = int(seconds * at_most / connections) + 1
        parts = [
            pool.submit(_ask, port, connections // count, seconds, budget, first + n, count)
            for n in range(count)
        ]
        found = [part.result() for part in parts]
        times = sorted(one for times, _ in found for one in times)
        return Answers(times, sum(len(times) / took for times, took in found))

    def close(self) -> None:
        """Ends the processes."""
        self._alone.shutdown()
        self._together.shutdown()


def _prepare(start: Barrier, talks: list[Talk]) -> None:
    global _start, _talks
    _start, _talks = start, talks


def _ask(
    port: int, connections: int, seconds: float, budget: int, first: int, step: int
) -> tuple[list[float], float]:
    """The times of all answers, in ms, and the seconds that it took."""
    # Signed beforehand: the signature is Twilio's work, and is not to take time from the server.
    conversations: list[list[list[bytes]]] = []
    number = first
    for _ in range(connections):
        mine: list[list[bytes]] = []
        while sum(map(len, mine)) < budget:
            mine.append(list(requests(_talks[(number - first) // step % len(_talks)], f"+{number}")))
            number += step
        conversations.append(mine)
    times: list[list[float]] = [[] for _ in conversations]
    _start.wait(60)
    begun = time.perf_counter()

    def talk(mine: list[list[bytes]], times: list[float]) -> None:
        for conversation in mine:
            with socket.create_connection(("127.0.0.1", port)) as connection:
                answers = connection.makefile("rb")
                for request in conversation:
                    sent = time.perf_counter()
                    connection.sendall(request)
                    _read(answers)
                    times.append((time.perf_counter() - sent) * 1000)
                    if time.perf_counter() - begun > seconds:
                        return

    threads = [threading.Thread(target=talk, args=pair) for pair in zip(conversations, times, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took = time.perf_counter() - begun
    if not all(times):
        raise RuntimeError("a connection broke; the figures would be wrong")
    return [one for part in times for one in part], took


def _read(answers: BinaryIO) -> None:
    status = answers.readline()
    length = 0
    while (line := answers.readline().strip()) != b"":
        name, _, value = line.partition(b":")
        length = int(value) if name.lower() == b"content-length" else length
    body = answers.read(length)
    if b" 200 " not in status or (b"<Message>" not in body and b"<Response />" not in body):
        raise ValueError(f"not an answer: {status!r}")
