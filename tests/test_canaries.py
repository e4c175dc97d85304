"""Real numbers and words go through a real server and worker: none is logged, shown or kept in plain."""

import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from werkzeug.datastructures import MultiDict

from settings import PROJECT
from store.jobs import schedule
from store.store import Store
from tests.conftest import Outage
from tests.kept import kept_in
from tests.keys import KEYS
from tests.sms.phone import PUBLIC_URL, TOKEN, Phone, signature
from tests.twilio.standin import ACCOUNT, StandIn, stand_in

# No log, figure or answer of a probe may hold any of these.
PERSON, OTHER, SAM = "+12025550187", "+12025550188", "+12025550189"
WORD = "walrusquilt"
CANARIES = (PERSON[1:], OTHER[1:], SAM[1:], WORD, "quiltwalrus", TOKEN)

# What is only ever said: other words name kiosks and messages too, and those are not sealed.
SECRET = "quiltwalrus"

EMERGENCY = f"I can't feel between my legs {WORD} {SECRET}"
ROSTER = f"""\
contacts:
  sam: {{name: "Sam", number: "{SAM}"}}
sites:
  harbour:
    name: "Harbour Street"
    zone: "America/New_York"
    wait: {{emergency: 30, urgent: 30}}
    shifts:
      - {{days: [mon, tue, wed, thu, fri, sat, sun], from: "00:00", to: "00:00", contacts: [sam]}}
"""
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


@pytest.fixture
def line(database_url: str, tmp_path: Path) -> Iterator[Line]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    (tmp_path / "roster.yaml").write_text(ROSTER, encoding="utf-8")
    given = {
        "PORT": str(port),
        "SPOTTER_DATA_DIR": str(tmp_path),
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
        with (tmp_path / f"{name}.out").open("wb") as out, (tmp_path / f"{name}.err").open("wb") as error:
            return subprocess.Popen(command, cwd=PROJECT, env=kept | given, stdout=out, stderr=error)

    with stand_in(time.time) as twilio:
        processes = (start("server", "server"), start("worker", "desk", "work"))
        line = Line(port, tmp_path, Store(database_url, KEYS), twilio, processes)
        until(lambda: all((tmp_path / f"{name}.out").read_text() for name in ("server", "worker")))
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


def everything_is_said(line: Line) -> None:
    """On every way in, by people, staff and strangers."""
    line.text(PERSON, f"my back {WORD} {SECRET} hurts")
    line.text(f"whatsapp:{OTHER}", EMERGENCY)
    line.text(SAM, f"OK 0000 {WORD}")
    line.text(SAM, "OK 0000")
    pressed = MultiDict({"Digits": "1", "From": SAM, "To": PERSON, "SpeechResult": WORD})
    line.webhook("/desk/call/1/sam", pressed)
    line.webhook(f"/desk/call/1/{WORD}", pressed)
    line.webhook(f"/sms?To={PERSON[1:]}&Body={WORD}", pressed, signed="nonsense")
    news = {"MessageSid": f"SM{WORD}", "MessageStatus": "failed", "ErrorCode": WORD, "To": PERSON}
    line.webhook("/sms/status?send=1", MultiDict(news))
    line.kiosk("/voice/turn", text=f"{EMERGENCY}, call {PERSON}", kiosk=WORD)
    line.kiosk("/voice/turn", text="hello", conversation=WORD, language=WORD)
    line.kiosk("/voice/turn", **{WORD: PERSON})
    line.post(f"/voice/turn?conversation={WORD}", WORD.encode(), **{"Content-Type": "audio/wav"})
    line.get(f"/desk/notice?conversation={WORD}{PERSON}")
    line.get(f"/{WORD}/{PERSON}?From={PERSON}")
    line.get(f"/voice/audio/{WORD}.wav")
    line.raw(f"GET /{WORD} {PERSON}\r\n\r\n")
    line.raw(f"GET / HTTP/1.1\r\nHost: x\r\n{WORD} {PERSON}: {WORD}\r\n\r\n")


def probes(line: Line) -> Iterator[str]:
    for path in ("/healthz", "/readyz", "/metrics"):
        _, body = line.get(path)
        assert body
        yield body


def test_nobodys_words_or_numbers_are_logged_or_shown(line: Line, outage: Outage, database_url: str) -> None:
    line.twilio.faults += [(400, 21211), (503, None), (429, 20429)]
    everything_is_said(line)
    # Texts to each of these meet one of the faults.
    line.text("+12025550131", EMERGENCY)
    line.text("+12025550132", EMERGENCY)
    with line.store.database.transaction() as connection:
        schedule(connection, key="1", kind="send", due=0.0, person=PERSON, payload={"send": WORD})
        schedule(connection, key="2", kind="time_out:recheck", due=0.0, person=PERSON)
    until(lambda: not line.twilio.faults and "(send) failed: ValueError" in line.logged())
    until(lambda: "21211" in line.logged() and "is tried again" in line.logged())
    shown = list(probes(line))
    with outage():
        everything_is_said(line)
        until(lambda: "cannot look for jobs" in line.logged())
        shown += probes(line)
    assert_no_core(line)
    line.end()
    log = line.logged()
    for canary in (*CANARIES, database_url):
        assert canary not in log
        assert not [one for one in shown if canary in one]
    for event in ("wrong signature", "could not be handled", "could not be noted", "given up"):
        assert event in log
    for written in map(json.loads, log.splitlines()):
        assert {"time", "level", "logger", "message"} <= set(written)
    banners = {name: (line.folder / f"{name}.out").read_text() for name in ("server", "worker")}
    assert [len(one.splitlines()) for one in banners.values()] == [2, 1]
    assert not [canary for canary in CANARIES if canary in "".join(banners.values())]
    assert_nothing_kept_in_plain(line, database_url)


def assert_nothing_kept_in_plain(line: Line, database_url: str) -> None:
    """In the database, and in everything that was left in the data directory: the journal, too."""
    files = [one for one in line.folder.rglob("*") if one.is_file() and one.name != "roster.yaml"]
    assert [one for one in files if one.parent.name == "journal"]
    kept = kept_in(database_url)
    assert b"SM0000" in kept
    for canary in (PERSON[1:], OTHER[1:], SAM[1:], SECRET, TOKEN):
        assert canary.encode() not in kept, canary
        assert not [one for one in files if canary.encode() in one.read_bytes()], canary


def assert_no_core(line: Line) -> None:
    """Neither process would leave its memory in a file if it crashed."""
    for process in line.processes:
        limits = Path(f"/proc/{process.pid}/limits")
        if limits.exists():
            (core,) = re.findall(r"^Max core file size +(\d+) +(\d+)", limits.read_text(), re.MULTILINE)
            assert core == ("0", "0")
