"""How long a turn takes, and how many a second the webhook answers. Run: ``python -m bench.turn``

Both webhooks run under gunicorn with one gthread worker of 8 threads, one after the other in three
rounds, on loopback, asked over 8 connections that are kept open; the requests are signed beforehand. The
client takes its share of the machine from both, so the ratio says more than the figures.
"""

import os
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO
from urllib.parse import urlencode

from flask import Flask
from twilio.request_validator import RequestValidator

from bench.messages import mixed
from flows.events import Text
from flows.line import load_line
from server import create_app
from settings import Settings

PROJECT = Path(__file__).resolve().parent.parent
TOKEN = "0123456789abcdef0123456789abcdef"
PUBLIC_URL = "https://bench.example.com"
CONNECTIONS = 8
SECONDS = 2.0
ROUNDS = 3
PEOPLE = 400


def spotter() -> Flask:
    """The whole application, for gunicorn."""
    return create_app(Settings.from_environment(os.environ))


def times_of_turns(count: int = 1000) -> list[float]:
    """Milliseconds of `hear` and `step` for each of ``count`` messages, ten from each person."""
    line = load_line()
    times: list[float] = []
    session = line.open("sms", "US")
    for number, text in enumerate(mixed(count)):
        if number % 10 == 0:
            session = line.open("sms", "US")
        start = time.perf_counter()
        turn = line.step(session, Text(line.hear(session, text)), 1.79e9 + number)
        times.append((time.perf_counter() - start) * 1000)
        session = turn.session
    return times


def signed_requests(count: int) -> list[bytes]:
    """Whole HTTP requests of ``PEOPLE`` persons, each with a MessageSid of its own."""
    validator = RequestValidator(TOKEN)
    requests: list[bytes] = []
    for number, text in enumerate(mixed(count)):
        sid = f"SM{number:08x}{time.time_ns():024x}"
        person = f"+1202555{number % PEOPLE:04d}"
        fields = {"MessageSid": sid, "SmsSid": sid, "From": person, "To": "+12025559999", "Body": text}
        fields |= {"NumMedia": "0", "NumSegments": "1", "ApiVersion": "2010-04-01", "FromCountry": "US"}
        signature = validator.compute_signature(f"{PUBLIC_URL}/sms", fields)
        body = urlencode(fields).encode()
        head = (
            "POST /sms HTTP/1.1\r\nHost: bench\r\nContent-Type: application/x-www-form-urlencoded\r\n"
            f"X-Twilio-Signature: {signature}\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        requests.append(head.encode() + body)
    return requests


@contextmanager
def served(app: str, data: Path) -> Iterator[int]:
    """A server for ``app`` (``module:factory()``) on a free port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    environ = os.environ | {
        "TWILIO_AUTH_TOKEN": TOKEN,
        "SPOTTER_PUBLIC_URL": PUBLIC_URL,
        "SPOTTER_DATA_DIR": str(data),
    }
    command = [sys.executable, "-m", "gunicorn", "--worker-class", "gthread", "--threads", str(CONNECTIONS)]
    command += ["--bind", f"127.0.0.1:{port}", "--keep-alive", "60", "--log-level", "error"]
    command += ["--no-control-socket", "--timeout", "120", app]
    process = subprocess.Popen(command, cwd=PROJECT, env=environ)
    try:
        _wait_for(port, process)
        yield port
    finally:
        process.terminate()
        process.wait(timeout=30)


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    while process.poll() is None:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=60) as connection:
                connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: bench\r\nConnection: close\r\n\r\n")
                if connection.recv(64):
                    return
        except OSError:
            time.sleep(0.1)
    raise SystemExit("the server did not start")


def throughput(port: int, requests: list[bytes]) -> float:
    """Answers a second, for ``SECONDS`` or until every one of ``requests`` was answered."""
    counts: list[int] = []
    start = time.perf_counter()

    def ask(mine: list[bytes]) -> None:
        count = 0
        with (
            socket.create_connection(("127.0.0.1", port)) as connection,
            connection.makefile("rb") as answers,
        ):
            for request in mine:
                connection.sendall(request)
                _read_answer(answers)
                count += 1
                if time.perf_counter() - start > SECONDS:
                    break
        counts.append(count)

    threads = [threading.Thread(target=ask, args=(requests[n::CONNECTIONS],)) for n in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if len(counts) < CONNECTIONS:
        raise SystemExit("a connection broke; the figures would be wrong")
    return sum(counts) / (time.perf_counter() - start)


def _read_answer(answers: BinaryIO) -> None:
    status = answers.readline()
    length = 0
    while (line := answers.readline().strip()) != b"":
        name, _, value = line.partition(b":")
        length = int(value) if name.lower() == b"content-length" else length
    body = answers.read(length)
    if b" 200 " not in status or (b"<Message>" not in body and b"<Response />" not in body):
        raise ValueError(f"not an answer: {status!r}")


def main() -> None:
    """Measures and prints."""
    times = sorted(times_of_turns())
    print(
        f"understand + step, {len(times)} mixed messages: median {statistics.median(times):.2f} ms, "
        f"p99 {times[int(len(times) * 0.99)]:.2f} ms, slowest {times[-1]:.2f} ms"
    )
    requests = signed_requests(int(ROUNDS * SECONDS * 1500))
    rounds = [requests[number::ROUNDS] for number in range(ROUNDS)]
    rates: dict[str, list[float]] = {"bare": [], "spotter": []}
    apps = {"bare": "bench.bare:bare()", "spotter": "bench.turn:spotter()"}
    with tempfile.TemporaryDirectory() as data:
        for part in rounds:
            for name, app in apps.items():
                with served(app, Path(data)) as port:
                    throughput(port, part[: 40 * CONNECTIONS])
                    rates[name].append(throughput(port, part[40 * CONNECTIONS :]))
    bare, ours = (statistics.median(rates[name]) for name in ("bare", "spotter"))
    print(f"bare signed webhook: {bare:.0f} requests/s (rounds: {_shown(rates['bare'])})")
    print(f"Spotter's webhook:   {ours:.0f} requests/s (rounds: {_shown(rates['spotter'])})")
    print(f"ratio: {ours / bare:.0%}")


def _shown(rates: list[float]) -> str:
    return ", ".join(f"{rate:.0f}" for rate in rates)


if __name__ == "__main__":
    main()
