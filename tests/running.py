"""A real server and a real worker, each a process of its own, and all that they write in one place."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from werkzeug.datastructures import MultiDict

from store.store import Store
from tests.keys import KEYS
from tests.sms.phone import PUBLIC_URL, TOKEN, Phone, signature
from tests.twilio.standin import ACCOUNT, StandIn, stand_in
from values import PROJECT

_SECONDS = 30.0


@dataclass
class Line:
    """A server and a worker, each a process of its own, and where they write."""

    port: int
    folder: Path
    store: Store
    twilio: StandIn
    processes: tuple["subprocess.Popen[bytes]", ...]

    def post(self, path: str, body: bytes, **headers: str) -> tuple[int, str]:
        """The status and body of the answer, whatever it is."""
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", body or None, headers)
        try:
            with urllib.request.urlopen(request, timeout=_SECONDS) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode()

    def get(self, path: str) -> tuple[int, str]:
        return self.post(path, b"")

    def webhook(self, path: str, fields: MultiDict[str, str], signed: str | None = None) -> tuple[int, str]:
        """Posts ``fields`` as Twilio does."""
        body = urllib.parse.urlencode(list(fields.items(multi=True))).encode()
        header = signature(PUBLIC_URL + path, fields) if signed is None else signed
        form = "application/x-www-form-urlencoded"
        return self.post(path, body, **{"X-Twilio-Signature": header, "Content-Type": form})

    def text(self, sender: str, body: str) -> str:
        fields = Phone(None, sender).fields(body)  # type: ignore[arg-type]
        status, answer = self.webhook("/sms", fields)
        assert status == 200
        return answer

    def kiosk(self, path: str, **said: Any) -> tuple[int, str]:
        return self.post(path, json.dumps(said).encode(), **{"Content-Type": "application/json"})

    def raw(self, request: str) -> None:
        """What no client sends."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=_SECONDS) as connection:
            connection.sendall(request.encode())
            with contextlib.suppress(OSError):
                connection.recv(4096)

    def logged(self) -> str:
        """All that both wrote into their logs up to now."""
        return "".join((self.folder / f"{name}.err").read_text() for name in ("server", "worker"))

    def end(self) -> None:
        for process in self.processes:
            process.send_signal(signal.SIGTERM)
        for process in self.processes:
            process.wait(timeout=_SECONDS)


@contextmanager
def running_line(database_url: str, folder: Path) -> Iterator[Line]:
    """Both run while it lasts, with ``folder`` for their data and for whatever they write beside it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    (folder / "tmp").mkdir()
    given = {
        "PORT": str(port),
        "TMPDIR": str(folder / "tmp"),
        "SPOTTER_DATA_DIR": str(folder),
        "SPOTTER_WORKER": "off",
        "SPOTTER_PUBLIC_URL": PUBLIC_URL,
        "SPOTTER_SMS_FROM": "+12025550199",
        "TWILIO_ACCOUNT_SID": ACCOUNT,
        "TWILIO_AUTH_TOKEN": TOKEN,
        "DATABASE_URL": database_url,
    }
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("SPOTTER", "TWILIO"))}

    def start(name: str, *command: str) -> "subprocess.Popen[bytes]":
        command = (sys.executable, "-m", "tests.twilio.pointed", twilio.base, *command)
        with (folder / f"{name}.out").open("wb") as out, (folder / f"{name}.err").open("wb") as error:
            return subprocess.Popen(command, cwd=PROJECT, env=kept | given, stdout=out, stderr=error)

    with stand_in(time.time) as twilio:
        processes = (start("server", "server"), start("worker", "desk", "work"))
        line = Line(port, folder, Store(database_url, KEYS), twilio, processes)
        until(lambda: all((folder / f"{name}.out").read_text() for name in ("server", "worker")))
        yield line
        for process in processes:
            process.kill()
            process.wait()
        line.store.database.close()


def until(true: Callable[[], bool]) -> None:
    give_up = time.monotonic() + 2 * _SECONDS
    while not true():
        assert time.monotonic() < give_up, "it did not happen in time"
        time.sleep(0.05)
