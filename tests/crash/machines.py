"""The machines: real server and worker processes, which can be started and killed one by one."""

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from tests.crash.quick_clock import QuickClock
from tests.keys import KEY
from values import PROJECT

Part = Literal["server", "worker"]


@dataclass
class Machine:
    """What runs one part, with a disk of its own in ``folder``.

    ``group`` is its processes' number while they run, and they began at ``started``.
    """

    part: Part
    folder: Path
    port: int = 0
    group: int | None = None
    started: float = 0.0


class Machines:
    """A house of ``servers`` and ``workers`` on one database. They work on what is due, all of them."""

    def __init__(
        self, folder: Path, environ: Mapping[str, str], twilio: str, *, servers: int, workers: int
    ) -> None:
        self._environ, self._twilio = dict(environ), twilio
        self.log = folder / "log"
        self.all = [Machine("server", folder / f"server-{one}", _free_port()) for one in range(servers)]
        self.all += [Machine("worker", folder / f"worker-{one}") for one in range(workers)]
        self._cradle = _cradle(folder / "cradle")
        for one in self.all:
            # Which has had this conversation before: to check it takes seconds of a core.
            shutil.copytree(folder / "cradle", one.folder)

    @property
    def ports(self) -> list[int]:
        """Where servers may be reached."""
        return [one.port for one in self.all if one.part == "server"]

    def start(self, machine: Machine, clock: QuickClock) -> None:
        """Begins to boot ``machine``, whose processes are gone."""
        told = {
            "part": machine.part,
            "log": str(self.log),
            "environ": self._environ
            | {
                "PORT": str(machine.port or 8000),
                "SPOTTER_DATA_DIR": str(machine.folder),
                "SPOTTER_KEYS": KEY,
            },
            "clock": asdict(clock),
            "twilio": self._twilio,
        }
        assert self._cradle.stdin
        assert self._cradle.stdout
        print(json.dumps(told), file=self._cradle.stdin, flush=True)
        machine.group, machine.started = int(self._cradle.stdout.readline()), time.monotonic()

    def kill(self, machine: Machine) -> None:
        """``kill -9`` for all its processes at once, as when the power goes."""
        assert machine.group is not None
        # It may be too young to have a group of its own.
        with contextlib.suppress(ProcessLookupError):
            os.kill(machine.group, signal.SIGKILL)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(machine.group, signal.SIGKILL)
        machine.group = None

    def wait(self) -> None:
        """Until every server answers."""
        for port in self.ports:
            give_up = time.monotonic() + 120
            while not _answers(port):
                assert time.monotonic() < give_up, self.log.read_text()
                time.sleep(0.05)

    def kill_all(self) -> None:
        """The power goes everywhere."""
        for one in self.all:
            if one.group is not None:
                self.kill(one)

    def close(self) -> None:
        """Nothing of it is left but what it complained of, for whoever reads why the test failed."""
        self.kill_all()
        self._cradle.communicate(timeout=30)
        complaints = [one for one in self.log.read_text().splitlines() if '"info"' not in one]
        print(*complaints, sep="\n")


def _cradle(folder: Path) -> "subprocess.Popen[str]":
    """The process that all others are forked from, ready, with its data directory."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("SPOTTER", "TWILIO"))}
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.crash.cradle", str(folder)],
        cwd=PROJECT,
        # More threads than one would not live through a fork.
        env=kept | {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    assert process.stdout.readline()
    return process


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=10) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False
