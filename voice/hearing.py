"""The recogniser's own process: it hears the utterances that `voice.ears` sends it, several at a time.

Started as ``python -m voice.hearing`` with the number of an open socket, the Vosk model (or ``""``) and
the data directory. It ends when the other side of the socket does, however that came about.
"""

import logging
import os
import queue
import signal
import sys
import threading
from collections.abc import Callable, Sequence
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Protocol

from flows.broken import where
from logs import start_log
from voice.choose import choose_recogniser
from voice.ear_messages import Heard, Here, Told
from voice.recogniser import Recogniser, Transcript
from voice.vosk_ear import VoskEar
from voice.vosk_recogniser import VoskRecogniser
from voice.wake import HEY_SPOTTER
from voice.whisper_ear import WhisperEar

log = logging.getLogger(__name__)


class _Utterance(Protocol):
    """A growing utterance. `look` gives the words so far."""

    def feed(self, pcm: bytes) -> None: ...
    def look(self) -> str: ...
    def pause(self) -> None: ...
    def finish(self) -> Transcript: ...


Tell = Callable[[Heard], None]


class _Thread:
    """Hears one utterance in a thread of its own."""

    def __init__(self, number: int, utterance: Callable[[], _Utterance], tell: Tell) -> None:
        self._number, self._utterance, self._tell = number, utterance, tell
        self.told: queue.SimpleQueue[Told] = queue.SimpleQueue()
        threading.Thread(target=self._run, name=f"utterance {number}", daemon=True).start()

    def _run(self) -> None:
        try:
            self._hear(self._utterance())
        except Exception as error:
            log.error("an utterance was not heard: %s", where(error))
            self._tell(Heard(self._number, RuntimeError(where(error))))

    def _hear(self, utterance: _Utterance) -> None:
        words = ""
        while (told := self.told.get()).verb not in ("finish", "drop"):
            if told.verb == "feed":
                utterance.feed(told.what)
            # Whatever waits behind this makes it outdated.
            elif self.told.empty():
                utterance.pause()
            if self.told.empty() and (now := utterance.look()) != words:
                words = now
                self._tell(Heard(self._number, words))
        if told.verb == "finish":
            self._tell(Heard(self._number, utterance.finish()))


def serve(connection: Connection, recogniser: Recogniser) -> None:
    """Hears what comes over ``connection`` until it raises ``EOFError`` or ``OSError``."""
    sending, turns = threading.Lock(), threading.Lock()

    def tell(heard: Heard) -> None:
        with sending:
            connection.send(heard)

    def utterance(phrases: Sequence[str]) -> _Utterance:
        if isinstance(recogniser, VoskRecogniser):
            return VoskEar(recogniser, phrases)
        return WhisperEar(recogniser, phrases, turns)

    threads: dict[int, _Thread] = {}
    while True:
        told: Told = connection.recv()
        if told.verb == "begin":
            threads[told.number] = _Thread(told.number, partial(utterance, told.what), tell)
        elif told.verb == "alive":
            tell(Heard(told.number, ""))
        elif thread := threads.get(told.number):
            thread.told.put(told)
            if told.verb in ("finish", "drop"):
                del threads[told.number]


def _hears_hey_spotter(recogniser: Recogniser) -> bool:
    return isinstance(recogniser, VoskRecogniser) and not recogniser.lacks(HEY_SPOTTER.split())


def main() -> None:
    """Loads the recogniser, says so, and hears until nobody is there."""
    # Ctrl-C reaches every process of the terminal; this one ends when the server has.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    start_log()
    connection = Connection(int(sys.argv[1]))
    hearing = choose_recogniser(Path(sys.argv[2]) if sys.argv[2] else None, Path(sys.argv[3]))
    recogniser = hearing.recogniser
    try:
        name, hears = (recogniser.name, _hears_hey_spotter(recogniser)) if recogniser else ("", False)
        connection.send(Here(name, hearing.language, hearing.sentence, hears))
        if recogniser:
            serve(connection, recogniser)
    except (EOFError, OSError):
        pass
    # Threads may be deep inside a decoder, and nobody waits for them any more.
    os._exit(0)


if __name__ == "__main__":
    main()
