"""Speech recognition in a process of its own, watched: texts are answered quickly while people talk.

A recogniser that dies or hangs takes only the utterances with it that it was hearing. It is started
again at once, and hears the next ones.
"""

import contextlib
import itertools
import logging
import socket
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from concurrent.futures import TimeoutError as NotYetError
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Literal

from voice.choose import Hearing
from voice.ear import Ear
from voice.ear_messages import Heard, Here, Told
from voice.recogniser import RecogniserError, Transcript

log = logging.getLogger(__name__)

_PROJECT = Path(__file__).resolve().parent.parent
# Each holds a minute of sound at most (2 MB), here and there together.
STREAMS = 16
_LOADING_SECONDS = 120.0
# How long anything may take that a recogniser is asked for, and how often it is asked whether it lives.
PATIENCE = 10.0
_WATCH_SECONDS = 2.0
# A message that cannot be handed over for so long was sent to somebody who does not listen.
_SEND_SECONDS = 2
# Between two starts of one that dies at once.
_FIRST_WAIT, _LONGEST_WAIT = 0.5, 30.0

_numbers = itertools.count(1)


class _Utterance:
    """What is known of one utterance, on this side."""

    def __init__(self) -> None:
        self.number = next(_numbers)
        self.partial = ""
        self.transcript: Future[Transcript] = Future()


class _Process:
    """One life of the recogniser's process."""

    def __init__(self, vosk_model: Path | None, data_dir: Path) -> None:
        self._socket, theirs = socket.socketpair()
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, struct.pack("ll", _SEND_SECONDS, 0))
        command = [sys.executable, "-m", "voice.hearing", str(theirs.fileno())]
        with theirs:
            self._process = subprocess.Popen(
                [*command, str(vosk_model or ""), str(data_dir)],
                cwd=_PROJECT,
                stdin=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
            )
        self._connection = Connection(self._socket.detach())
        self._sending = threading.Lock()
        self._guard = threading.Lock()
        self._utterances: dict[int, _Utterance] = {}
        self._over = False
        self.pid = self._process.pid
        self.here: Future[Here] = Future()
        self.lived = 0.0
        self.heard_from = time.monotonic()

    def serve(self) -> None:
        """Takes in what the process says until it is over, then fails what it was hearing."""
        try:
            here: Here = self._connection.recv()
            began = self.heard_from = time.monotonic()
            self.here.set_result(here)
            while True:
                heard: Heard = self._connection.recv()
                self.lived = time.monotonic() - began
                self.heard_from = time.monotonic()
                self._take(heard)
        except (EOFError, OSError):
            pass
        self._process.kill()
        self._process.wait()
        with self._sending:
            self._connection.close()
        gone = RecogniserError("the recogniser stopped; it is started again: say it once more")
        with self._guard:
            self._over = True
            lost = list(self._utterances.values())
        for utterance in lost:
            utterance.transcript.set_exception(gone)
        if not self.here.done():
            self.here.set_exception(RecogniserError("the recogniser stopped while it was loaded"))

    def begin(self, phrases: Sequence[str]) -> _Utterance:
        utterance = _Utterance()
        with self._guard:
            if self._over:
                raise RecogniserError("the recogniser is being started again: try in a moment")
            self._utterances[utterance.number] = utterance
        self.tell(Told(utterance.number, "begin", tuple(phrases)))
        return utterance

    def tell(self, told: Told) -> None:
        """Sends ``told``. Raises `RecogniserError` when the process does not take it."""
        try:
            with self._sending:
                self._connection.send(told)
        except OSError as error:
            self.kill()
            raise RecogniserError("the recogniser does not listen; it is started again") from error

    def finish(self, utterance: _Utterance, patience: float) -> Transcript:
        self.tell(Told(utterance.number, "finish"))
        try:
            return utterance.transcript.result(patience)
        except NotYetError:
            self.kill()
            raise RecogniserError(f"the recogniser did not answer within {patience:g} s") from None
        finally:
            self._forget(utterance)

    def drop(self, utterance: _Utterance) -> None:
        """Nobody wants to know any more."""
        self._forget(utterance)
        if not utterance.transcript.done():
            self.tell(Told(utterance.number, "drop"))

    def kill(self) -> None:
        """Ends it; `serve` tells everybody."""
        self._process.kill()

    def _take(self, heard: Heard) -> None:
        with self._guard:
            utterance = self._utterances.get(heard.number)
        if utterance is None or utterance.transcript.done():
            return
        if isinstance(heard.what, str):
            utterance.partial = heard.what
        elif isinstance(heard.what, Transcript):
            utterance.transcript.set_result(heard.what)
        else:
            utterance.transcript.set_exception(RecogniserError(f"the recogniser failed: {heard.what}"))

    def _forget(self, utterance: _Utterance) -> None:
        with self._guard:
            self._utterances.pop(utterance.number, None)


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
        self._process = _Process(vosk_model, data_dir)
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

    def process(self) -> _Process:
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
            self._process = _Process(self._vosk_model, self._data_dir)
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
        self._process: _Process | None = None
        self._utterance: _Utterance | None = None

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

    def _under_way(self) -> tuple[_Process, _Utterance]:
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
