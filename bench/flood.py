"""What a real conversation notices of 10,000 bad requests a minute. Run: ``python -m bench.flood``

The server is as `server.py` starts it, without speech. People text through it, one message at a time, first
in quiet, then while somebody on one address sends all kinds of bad requests, each over a connection of its
own. Everything shares the machine.
"""

import argparse
import itertools
import json
import multiprocessing
import socket
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass

from bench import carrier
from bench.clients import Answers, Clients
from bench.conversations import PUBLIC_URL, TOKEN, Talk, talks
from bench.serving import served

A_MINUTE = 10_000
_SENDERS = 4
_TALKS = 20
_AT_MOST = 400
_PATIENCE = 30.0
_FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Flood:
    """What became of the bad requests: how many got which status (0: cut off), in how many seconds."""

    answers: Counter[int]
    seconds: float

    @property
    def a_minute(self) -> float:
        return self.answers.total() / self.seconds * 60


@dataclass(frozen=True)
class Harm:
    """People's answers in quiet and in the flood."""

    quiet: Answers
    flooded: Answers
    flood: Flood

    def __str__(self) -> str:
        rows = ["| texts | answered | a second | p50 ms | p99 ms | slowest ms |", "| --- |" + " --: |" * 5]
        for name, one in (("in quiet", self.quiet), ("in the flood", self.flooded)):
            times = [f"{one.quantile(share):.1f}" for share in (0.5, 0.99, 1.0)]
            columns = [name, f"{len(one.times):,}", f"{one.per_second:.0f}", *times]
            rows.append(f"| {' | '.join(columns)} |")
        told = ", ".join(f"{status or 'cut off'}: {n:,}" for status, n in sorted(self.flood.answers.items()))
        rows += ["", f"bad requests: {self.flood.a_minute:,.0f} a minute ({told})"]
        return "\n".join(rows)


def bad_requests() -> Sequence[bytes]:
    """One of each kind: unsigned, badly signed, no HTTP, no JSON, no sound, far too large, to nowhere."""
    form = b"From=%2B12025550199&Body=I+cannot+feel+my+legs"
    return (
        _post("/sms", form, "application/x-www-form-urlencoded"),
        _post(
            "/sms", form, "application/x-www-form-urlencoded", "X-Twilio-Signature: bm90IFR3aWxpbydzIG93bg=="
        ),
        _post("/desk/call/1/sam", b"Digits=1", "application/x-www-form-urlencoded"),
        _post("/voice/turn", b"[" * 5000, "application/json"),
        _post("/voice/turn", json.dumps({"text": "my back hurts"}).encode(), "application/json"),
        _post("/voice/turn", b"RIFF" + bytes(2000), "audio/wav"),
        _post("/voice/turn", bytes(40_000), "multipart/form-data; boundary=x"),
        b"GET /.env HTTP/1.1\r\nHost: bench\r\nX-Forwarded-For: 203.0.113.66\r\n\r\n",
        b"GET /voice/stream HTTP/1.1\r\nHost: bench\r\nOrigin: https://evil.example.com\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(300),
        b"GET / HTTP/1.1\r\nHost: bench\r\nX-A: " + b"b" * 20_000,
    )


def _post(path: str, body: bytes, kind: str, *more: str) -> bytes:
    head = [f"POST {path} HTTP/1.1", "Host: bench", "X-Forwarded-For: 203.0.113.66", f"Content-Type: {kind}"]
    head += [*more, f"Content-Length: {len(body)}", "", ""]
    return "\r\n".join(head).encode() + body


def flood(port: int, a_minute: int, seconds: float) -> Flood:
    """Sends bad requests at this pace, for so long."""
    kinds, answers = itertools.cycle(bad_requests()), Counter[int]()
    one_at_a_time = threading.Lock()
    began = time.monotonic()
    due = itertools.count()

    def send() -> None:
        while (at := began + next(due) * 60 / a_minute) < began + seconds:
            time.sleep(max(0.0, at - time.monotonic()))
            with one_at_a_time:
                request = next(kinds)
            status = _status(port, request)
            with one_at_a_time:
                answers[status] += 1

    threads = [threading.Thread(target=send) for _ in range(_SENDERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return Flood(answers, time.monotonic() - began)


def _status(port: int, request: bytes) -> int:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=_PATIENCE) as connection:
            connection.sendall(request)
            connection.shutdown(socket.SHUT_WR)
            words = connection.makefile("rb").readline().split()
            return int(words[1]) if len(words) > 1 else 0
    except (OSError, ValueError):
        return 0


def harm(spoken: list[Talk], seconds: float, a_minute: int = A_MINUTE) -> Harm:
    """Holds ``spoken`` so long in quiet, and again in the flood. A text that is refused is an error."""
    clients = Clients(spoken)
    flooding = ProcessPoolExecutor(1, multiprocessing.get_context("spawn"))
    try:
        with _house() as environ, served("bench.spotter:spotter()", environ) as (port, _):
            clients.ask(port, 1, min(1.0, seconds), _AT_MOST)
            quiet = clients.ask(port, 1, seconds, _AT_MOST)
            flooded_by = flooding.submit(flood, port, a_minute, seconds)
            flooded = clients.ask(port, 1, seconds, _AT_MOST)
            return Harm(quiet, flooded, flooded_by.result())
    finally:
        flooding.shutdown()
        clients.close()


@contextmanager
def _house() -> Iterator[dict[str, str]]:
    """The environment of a server that nobody is paged by."""
    with tempfile.TemporaryDirectory(prefix="spotter-flood-") as data:
        yield {
            carrier.ADDRESS: "http://127.0.0.1:9",
            "TWILIO_AUTH_TOKEN": TOKEN,
            "SPOTTER_PUBLIC_URL": PUBLIC_URL,
            "SPOTTER_DATA_DIR": data,
            "SPOTTER_WORKER": "off",
            "SPOTTER_TEXTS_PER_DAY": "100000000",
            "SPOTTER_TEXTS_PER_NUMBER": "100000",
        }


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(prog="python -m bench.flood", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--seconds", type=float, default=30.0, help="in quiet, and again in the flood (30)")
    parser.add_argument("--a-minute", type=int, default=A_MINUTE, help="bad requests (10000)")
    told = parser.parse_args()
    print(harm(talks(_TALKS), told.seconds, told.a_minute))


if __name__ == "__main__":
    main()
