"""Speech recognition in a process of its own, watched: texts are answered quickly while people talk.

A recogniser that dies or hangs takes only the utterances with it that it was hearing. It is started
again at once, and hears the next ones.
"""

import contextlib
import logging
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import TimeoutError as NotYetError
from pathlib import Path
from typing import Literal

from voice.choose import Hearing
from voice.ear import Ear
from voice.ear_messages import Told
from voice.ear_process import EarProcess, Utterance
from voice.recogniser import RecogniserError, Transcript

log = logging.getLogger(__name__)

# Each holds a minute of sound at most (2 MB), here and there together.
STREAMS = 16
_LOADING_SECONDS = 120.0
# How long anything may take that a recogniser is asked for, and how often it is asked whether it lives.
PATIENCE = 10.0
_WATCH_SECONDS = 2.0
# Between two starts of one that dies at once.
_FIRST_WAIT, _LONGEST_WAIT = 0.5, 30.0


class Ears:
    """The recogniser of `voice.choose`, in its own process: for whole recordings, and for streams.

    Making it takes as long as loading the model. ``patience`` is how many seconds an answer may take.
    Safe to use from many threads. It belongs to the process that made it, not to one forked from that.
    """

    def __init__(
        self, vosk_model: Path | None, data_dir: Path, streams: int = STREAMS, patience: float = PATIENCE
    ) -> None:
        self._vosk_model, self._data_dir, self._patience = vosk_model, data_dir, patience
        self._places = threading.BoundedSemaphore(streams)
        self._closing = threading.Event()
        self._process = EarProcess(vosk_model, data_dir)
        self._keeper = threading.Thread(target=self._keep, name="ears", daemon=True)
        self._watcher = threading.Thread(target=self._watch, name="ears' watch", daemon=True)
        self._keeper.start()
        try:
            here = self._process.here.result(_LOADING_SECONDS)
        except (RecogniserError, NotYetError) as error:
            self.close()
            raise RecogniserError(f"the recogniser did not start: {error}") from None
        self.name, self.language, self.sentence = here.name, here.language, here.sentence
        self.hears_hey_spotter = here.hears_hey_spotter
        self._watcher.start()

    @property
    def pid(self) -> int:
        """The number of the recogniser's process."""
        return self._process.pid

    def open(self) -> Ear:
        """The ear of one more stream. Raises `RecogniserError` when there are too many."""
        if not self._places.acquire(blocking=False):
            raise RecogniserError("too many kiosks are listening: try again in a moment")
        return _RemoteEar(self, self._patience, self._places.release)

    def transcribe(self, pcm: bytes, phrases: Sequence[str] = ()) -> Transcript:
        """The words in ``pcm``, as `voice.recogniser.Recogniser` says. Raises `RecogniserError`."""
        ear = _RemoteEar(self, self._patience, lambda: None)
        ear.begin(phrases)
        ear.feed(pcm)
        return ear.finish()

    def close(self) -> None:
        """Ends the process. What was not finished is lost."""
        self._closing.set()
        self._process.kill()
        self._keeper.join(self._patience)

    def process(self) -> EarProcess:
        """The process that hears now, or will in a moment. Raises `RecogniserError` when none does."""
        process = self._process
        try:
            process.here.result(self._patience)
        except NotYetError:
            raise RecogniserError("the recogniser is still being loaded: try in a moment") from None
        return process

    def _keep(self) -> None:
        """Starts the process again whenever it ends, more and more slowly while it ends at once."""
        wait = _FIRST_WAIT
        while True:
            self._process.serve()
            if self._closing.is_set():
                return
            log.error("the recogniser stopped; it is started again")
            if self._process.lived >= _LONGEST_WAIT:
                wait = _FIRST_WAIT
            elif self._closing.wait(wait):
                return
            wait = min(2 * wait, _LONGEST_WAIT)
            self._process = EarProcess(self._vosk_model, self._data_dir)
            if self._closing.is_set():
                self._process.kill()

    def _watch(self) -> None:
        """Ends a process that does not even answer whether it lives."""
        while not self._closing.wait(_WATCH_SECONDS):
            process = self._process
            if not process.here.done():
                continue
            if time.monotonic() - process.heard_from > self._patience:
                log.error("the recogniser hangs")
                process.kill()
                continue
            with contextlib.suppress(RecogniserError):
                process.tell(Told(0, "alive"))


class _RemoteEar:
    """An `Ear` whose work is done in the recogniser's process."""

    def __init__(self, ears: Ears, patience: float, give_back: Callable[[], None]) -> None:
        self._ears, self._patience, self._give_back = ears, patience, give_back
        self._process: EarProcess | None = None
        self._utterance: Utterance | None = None

    def begin(self, phrases: Sequence[str] = ()) -> None:
        self._drop()
        self._process = self._ears.process()
        self._utterance = self._process.begin(phrases)

    def feed(self, pcm: bytes) -> None:
        self._tell("feed", pcm)

    def pause(self) -> None:
        self._tell("pause")

    @property
    def partial(self) -> str:
        return self._utterance.partial if self._utterance else ""

    def finish(self) -> Transcript:
        process, utterance = self._under_way()
        self._utterance = None
        return process.finish(utterance, self._patience)

    def close(self) -> None:
        self._drop()
        self._give_back()
        self._give_back = lambda: None

    def _tell(self, verb: Literal["feed", "pause"], what: bytes = b"") -> None:
        process, utterance = self._under_way()
        if utterance.transcript.done():
            # It can only have failed, and whoever speaks on would speak in vain.
            utterance.transcript.result()
        process.tell(Told(utterance.number, verb, what))

    def _under_way(self) -> tuple[EarProcess, Utterance]:
        if self._process is None or self._utterance is None:
            raise RecogniserError("nothing was begun to be heard")
        return self._process, self._utterance

    def _drop(self) -> None:
        if self._process and self._utterance:
            with contextlib.suppress(RecogniserError):
                self._process.drop(self._utterance)
        self._utterance = None


def open_ears(vosk_model: Path | None, data_dir: Path) -> Hearing:
    """What `voice.choose.choose_recogniser` chooses, heard in a process of its own. Takes seconds."""
    try:
        ears = Ears(vosk_model, data_dir)
    except RecogniserError as error:
        log.error("%s", error)
        return Hearing(None, f"speech is not recognised: {error}; typing and touch still work")
    if not ears.name:
        ears.close()
        return Hearing(None, ears.sentence)
    return Hearing(ears, ears.sentence, ears)
