"""This Spotter against another one: how long a webhook takes in each. Run: ``python -m bench.versus FOLDER``

``FOLDER`` is a checkout of the other version, with a `.venv` or a link to one. A server of each is asked in
turns, so that whatever else this machine does slows both alike; the rest is as in `bench.load`. The last
column is what a core does for a turn, the worker's part too: it says most where the machine is busy.
"""

import argparse
import os
import platform
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

from bench import carrier
from bench.clients import Answers, Clients
from bench.conversations import talks
from bench.load import house, processor
from bench.serving import PROJECT, processor_seconds, running, served

_TALKS = 100
_ROUNDS = 6
_CONNECTIONS = (1, 8)
_AT_MOST = 1200


def compare(other: Path, database: str, clients: Clients, seconds: float) -> Iterator[str]:
    """The rows of the table for ``database``."""
    found: dict[tuple[str, int], list[Answers]] = {}
    busy: dict[tuple[str, int], float] = {}
    with ExitStack() as stack:
        servers: dict[str, tuple[int, int]] = {}
        for name, folder in (("before", other), ("now", PROJECT)):
            environ = stack.enter_context(house(database))
            # gunicorn's own threads, since another version may have none of ours.
            server = served("bench.spotter:spotter()", environ, worker="gthread", folder=folder)
            servers[name] = stack.enter_context(server)
            clients.ask(servers[name][0], max(_CONNECTIONS), seconds / 2, _AT_MOST)
        for number in range(_ROUNDS):
            # Whoever comes first is not always the same.
            for name in sorted(servers, reverse=bool(number % 2)):
                port, pid = servers[name]
                for count in _CONNECTIONS:
                    begun = processor_seconds(pid)
                    found.setdefault((name, count), []).append(clients.ask(port, count, seconds, _AT_MOST))
                    busy[name, count] = busy.get((name, count), 0.0) + processor_seconds(pid) - begun
    for count in _CONNECTIONS:
        for name in ("before", "now"):
            times = sorted(one for answers in found[name, count] for one in answers.times)
            per_second = sum(answers.per_second for answers in found[name, count]) / _ROUNDS
            p50, p99 = (times[int(len(times) * share)] for share in (0.5, 0.99))
            core = 1000 * busy[name, count] / len(times)
            yield f"| {database} | {count} | {name} | {per_second:.0f} | {p50:.1f} | {p99:.0f} | {core:.1f} |"


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(
        prog="python -m bench.versus", description=(__doc__ or "").split("\n")[0]
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seconds", type=float, default=3.0, help="of each round (3)")
    parser.add_argument("--databases", nargs="+", default=["sqlite", "postgresql"])
    told = parser.parse_args()
    clients = Clients(talks(_TALKS))
    machine = f"{os.cpu_count()} cores of {processor()}, Python {platform.python_version()}"
    print(f"on {machine}, {time.strftime('%d %B %Y')}\n")
    print("| database | connections | | turns/s | p50 ms | p99 ms | core ms |")
    print("| --- | --: | --- | --: | --: | --: | --: |")
    with running(["bench.carrier"]) as twilio:
        assert twilio.stdout is not None
        os.environ[carrier.ADDRESS] = twilio.stdout.readline().strip()
        for database in told.databases:
            for row in compare(told.folder.resolve(), database, clients, told.seconds):
                print(row, flush=True)
    clients.close()


if __name__ == "__main__":
    main()
