"""The whole server, with its database taken away, killed, and started again."""

import json
import os
import signal
import sqlite3
import subprocess
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from store.keys import keys_in
from tests.sms.phone import PUBLIC_URL, TOKEN, Phone, signature
from tests.test_server import port, start

__all__ = ["port"]
EMERGENCY = "I can't feel between my legs and I wet myself"


def test_an_emergency_outlives_the_loss_of_the_database_and_a_kill(tmp_path: Path, port: int) -> None:
    database = tmp_path / "spotter.db"
    database.mkdir()
    with served(tmp_path, port) as process:
        assert "911" in text(port, EMERGENCY)
        assert health(port)["journal"] == {"waiting": 1, "aside": 0}
        os.kill(process.pid, signal.SIGKILL)
        process.communicate(timeout=30)
    until(lambda: not listens(port))
    database.rmdir()
    # It is the server that hands it over, wherever the worker is.
    with served(tmp_path, port, SPOTTER_WORKER="off") as process:
        until(lambda: health(port)["journal"] == {"waiting": 0, "aside": 0})
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=30)
    kept = sqlite3.connect(database)
    [(said,)] = kept.execute("select said from turns").fetchall()
    assert keys_in(tmp_path / "keys").open(said) == EMERGENCY
    assert kept.execute("select level, state from alerts").fetchall() == [("emergency", "open")]
    assert kept.execute("select kind, urgent from jobs where urgent").fetchall() == [("escalate", 1)]
    kept.close()


def served(folder: Path, port: int, **environ: str) -> "subprocess.Popen[str]":
    process = start(folder, port, TWILIO_AUTH_TOKEN=TOKEN, SPOTTER_PUBLIC_URL=PUBLIC_URL, **environ)
    assert process.stdout is not None
    assert f"http://localhost:{port}" in process.stdout.readline()
    return process


def text(port: int, body: str) -> str:
    fields = Phone(None).fields(body)  # type: ignore[arg-type]
    sent = urllib.request.Request(
        f"http://127.0.0.1:{port}/sms",
        urlencode(list(fields.items())).encode(),
        {"X-Twilio-Signature": signature(f"{PUBLIC_URL}/sms", fields)},
    )
    with urllib.request.urlopen(sent, timeout=20) as answer:
        return str(answer.read().decode())


def health(port: int) -> Any:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=20) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as refused:
        with refused:
            return json.load(refused)


def listens(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5):
            return True
    except urllib.error.HTTPError as refused:
        refused.close()
        return True
    except OSError:
        return False


def until(true: Callable[[], bool]) -> None:
    give_up = time.monotonic() + 60
    while not true():
        if time.monotonic() > give_up:
            pytest.fail("it did not happen within a minute")
        time.sleep(0.1)
