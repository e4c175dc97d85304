"""One life of the recogniser's process, and what is known of the utterances that it hears."""

import itertools
import socket
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from concurrent.futures import Future
from concurrent.futures import TimeoutError as NotYetError
from multiprocessing.connection import Connection
from pathlib import Path

from voice.ear_messages import Heard, Here, Told
from voice.recogniser import RecogniserError, Transcript

_PROJECT = Path(__file__).resolve().parent.parent
# A message that cannot be handed over for so long was sent to somebody who does not listen.
_SEND_SECONDS = 2

_numbers = itertools.count(1)


class Utterance:
    """What is known of one utterance, on this side."""

    def __init__(self) -> None:
        self.number = next(_numbers)
        self.partial = ""
        self.transcript: Future[Transcript] = Future()


class EarProcess:
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
        self._utterances: dict[int, Utterance] = {}
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

    def begin(self, phrases: Sequence[str]) -> Utterance:
        """A new utterance. Raises `RecogniserError` when the process is over."""
        utterance = Utterance()
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

    def finish(self, utterance: Utterance, patience: float) -> Transcript:
        """Its words. Raises `RecogniserError` after ``patience`` seconds; the process is started again."""
        self.tell(Told(utterance.number, "finish"))
        try:
            return utterance.transcript.result(patience)
        except NotYetError:
            self.kill()
            raise RecogniserError(f"the recogniser did not answer within {patience:g} s") from None
        finally:
            self._forget(utterance)

    def drop(self, utterance: Utterance) -> None:
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

    def _forget(self, utterance: Utterance) -> None:
        with self._guard:
            self._utterances.pop(utterance.number, None)
