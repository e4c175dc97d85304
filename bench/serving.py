"""Servers and workers as processes of their own, and the memory that they take."""

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
# As `server.py` tells gunicorn.
THREADS = 16


@contextmanager
def served(
    app: str,
    environ: Mapping[str, str],
    processes: int = 1,
    worker: str = "connections.BoundedWorker",
    folder: Path = PROJECT,
) -> Iterator[tuple[int, int]]:
    """A server for ``app`` (``module:factory()``) on a free port: the port, and gunicorn's process id.

    ``folder`` holds the Spotter that it is of.
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    command = ["gunicorn", "--worker-class", worker, "--threads", str(THREADS)]
    command += ["--workers", str(processes), "--bind", f"127.0.0.1:{port}", "--keep-alive", "60"]
    command += ["--log-level", "error", "--no-control-socket", "--timeout", "120", app]
    with running(command, environ, folder) as process:
        _wait_for(port, process)
        yield port, process.pid


@contextmanager
def running(
    command: Sequence[str], environ: Mapping[str, str] | None = None, folder: Path = PROJECT
) -> Iterator["subprocess.Popen[str]"]:
    """``python -m`` with ``command`` until the block ends. What it prints can be read, its log is dropped."""
    process = subprocess.Popen(
        [sys.executable, "-m", *command],
        cwd=folder,
        env=os.environ | dict(environ or {}),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        yield process
    finally:
        process.terminate()
        process.communicate(timeout=60)


def megabytes(pid: int) -> float | None:
    """Memory of a process and its children, what they share counted once; ``None`` where it is not told."""
    try:
        return sum(_kilobytes(one) for one in _family(pid)) / 1024
    except OSError:
        return None


def processor_seconds(pid: int) -> float:
    """Seconds that a process and its children kept a core busy. Raises `OSError` where it is not told."""
    ticks = 0
    for one in _family(pid):
        fields = Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def _kilobytes(pid: int) -> int:
    found = re.search(r"^Pss:\s+(\d+) kB", Path(f"/proc/{pid}/smaps_rollup").read_text(), re.MULTILINE)
    return int(found[1]) if found else 0


def _family(pid: int) -> Iterator[int]:
    yield pid
    for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
        yield from _family(int(child))


def _wait_for(port: int, process: "subprocess.Popen[str]") -> None:
    while process.poll() is None:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=60) as connection:
                connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: bench\r\nConnection: close\r\n\r\n")
                if connection.recv(64):
                    return
        except OSError:
            time.sleep(0.1)
    raise SystemExit("a server did not start")
