"""A voice's engine in a process of its own, so that its crash or hang is nobody else's."""

import atexit
import contextlib
import json
import logging
import os
import selectors
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from voice.synthesiser import SynthesisError

log = logging.getLogger(__name__)

_PROJECT = Path(__file__).resolve().parent.parent
_TRIES = 2
# A voice that could not start is not started again for so long (seconds): people read in the meantime.
_REST = 5.0


class _LostError(Exception):
    """The process died, hung or failed; another may do better."""


class _CrashedError(_LostError):
    """The process has ended."""


class SpeakingProcess:
    """Runs ``python -m module`` (see `voice.speaking_child`) when first asked; one request at a time.

    ``nice`` is how far the process stands back behind others. Safe to use from many threads, and in a
    process that was forked, which gets an engine of its own.
    """

    def __init__(self, module: str, nice: int = 0) -> None:
        self._module = module
        self._nice = nice
        self._rests_until = 0.0
        self._trouble = ""
        self._child: subprocess.Popen[bytes] | None = None
        self._begin()
        os.register_at_fork(after_in_child=self._begin)

    def _begin(self) -> None:
        """After a fork the engine, and whoever held the lock, belong to the other process."""
        self._turn = threading.Lock()
        self._child = None

    def say(self, request: Mapping[str, Any], patience: float) -> bytes:
        """The WAV for ``request``. Raises `SynthesisError`, after ``patience`` seconds at the latest.

        An engine that dies, hangs or fails is ended, and a new one is asked once more.
        """
        until = time.monotonic() + patience
        if not self._turn.acquire(timeout=patience):
            raise SynthesisError(f"the voice did not answer within {patience:g} s")
        try:
            return self._tried(request, until, patience / _TRIES)
        finally:
            self._turn.release()

    def close(self) -> None:
        """Ends the engine; the next request starts it again. Never raises."""
        child, self._child = self._child, None
        if child is None:
            return
        atexit.unregister(self.close)
        child.kill()
        child.wait()
        for pipe in (child.stdin, child.stdout):
            with contextlib.suppress(OSError):
                assert pipe is not None
                pipe.close()

    @property
    def pid(self) -> int | None:
        """The engine's process, ``None`` when there is none."""
        return self._child.pid if self._child else None

    def _tried(self, request: Mapping[str, Any], until: float, patience: float) -> bytes:
        for turn in range(1, _TRIES + 1):
            if time.monotonic() < self._rests_until:
                raise SynthesisError(self._trouble)
            try:
                return self._once(request, min(until, time.monotonic() + patience))
            except (_LostError, OSError) as error:
                self.close()
                log.warning("%s; %s", error, "trying again" if turn < _TRIES else "given up")
                trouble = str(error)
        raise SynthesisError(trouble)

    def _once(self, request: Mapping[str, Any], until: float) -> bytes:
        child = self._child or self._started(until)
        assert child.stdin is not None
        child.stdin.write(json.dumps(request).encode() + b"\n")
        child.stdin.flush()
        header, wav = _answer(child, until)
        if "refused" in header:
            raise SynthesisError(header["refused"])
        if "failed" in header:
            raise _LostError(header["failed"])
        return wav

    def _started(self, until: float) -> "subprocess.Popen[bytes]":
        # Ctrl-C in a terminal is for us, and we end it.
        command = [sys.executable, "-m", self._module]
        self._child = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=_PROJECT, start_new_session=True
        )
        atexit.register(self.close)
        if self._nice:
            os.setpriority(os.PRIO_PROCESS, self._child.pid, self._nice)
        try:
            header, _ = _answer(self._child, until)
        except _CrashedError as error:
            header = {"failed": f"the voice cannot start: {error}"}
        if "failed" in header:
            self._trouble, self._rests_until = header["failed"], time.monotonic() + _REST
            raise _LostError(self._trouble)
        return self._child


def _answer(child: "subprocess.Popen[bytes]", until: float) -> tuple[dict[str, Any], bytes]:
    """One answer of ``child``: its header, and the sound behind it."""
    assert child.stdout is not None
    came = bytearray()
    with selectors.DefaultSelector() as ready:
        ready.register(child.stdout, selectors.EVENT_READ)

        def more() -> None:
            if not ready.select(max(0.0, until - time.monotonic())):
                raise _LostError("the voice did not answer in time")
            assert child.stdout is not None
            piece = os.read(child.stdout.fileno(), 1 << 20)
            if not piece:
                raise _CrashedError("the voice has crashed")
            came.extend(piece)

        while (end := came.find(b"\n")) < 0:
            more()
        header: dict[str, Any] = json.loads(came[:end])
        while len(came) < end + 1 + header.get("bytes", 0):
            more()
    return header, bytes(came[end + 1 :])
