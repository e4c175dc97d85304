"""What the line carries: turns a second and their times, memory, growth. Run: ``python -m bench.load``

Each cell is a server as `server.py` starts it (gunicorn, 16 threads, its worker inside), without speech, on
loopback. Clients in two processes of their own hold whole conversations of simulated patients with signed
requests, the next text when the last was answered; one conversation in twenty raises an alert. Staff are
paged through a stand-in of Twilio that takes 150 ms. A bare signed webhook, asked the same way before,
is the yardstick. Clients, server and database share the machine, so the ratios say more than the figures.
"""

import argparse
import os
import platform
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench import carrier
from bench.clients import Answers, Clients
from bench.conversations import PUBLIC_URL, TOKEN, talks
from bench.machines import machines, needed
from bench.sends import Sent, sends_a_second
from bench.serving import megabytes, running, served
from bench.stored import Stored
from bench.turn import times_of_turns
from tests.postgres import Postgres, programs
from tests.twilio.standin import ACCOUNT

# So many different conversations are held, again and again by new people.
_TALKS = 100
# Requests are signed beforehand for at most so many answers a second.
_BARE_AT_MOST, _SPOTTER_AT_MOST = 3500, 1200
_WARM_UP_SECONDS = 1.0
_ROSTER = """
contacts:
  sam: {name: "Sam", number: "+12025550111"}
sites:
  gym:
    name: "Gym"
    zone: "UTC"
    wait: {emergency: 3600, urgent: 3600}
    shifts:
      - {days: [mon, tue, wed, thu, fri, sat, sun], from: "00:00", to: "00:00", contacts: [sam]}
    fallback: [sam]
"""


@dataclass(frozen=True)
class Cell:
    """One measurement beside the bare webhook's."""

    database: str
    stored: int
    processes: int
    connections: int
    ours: Answers
    bare: Answers
    megabytes: float | None

    def row(self) -> str:
        """As a row of the table."""
        memory = f"{self.megabytes:.0f}" if self.megabytes else "?"
        p50, p99, slowest = (self.ours.quantile(share) for share in (0.5, 0.99, 1.0))
        columns = [self.database, f"{self.stored:,}", str(self.processes), str(self.connections)]
        columns += [f"{self.ours.per_second:.0f}", f"{p50:.1f}", f"{p99:.0f}", f"{slowest:.0f}"]
        columns += [
            f"{self.bare.per_second:.0f}",
            f"{self.ours.per_second / self.bare.per_second:.0%}",
            memory,
        ]
        return f"| {' | '.join(columns)} |"


_COLUMNS = ["database", "stored", "processes", "connections", "turns/s", "p50 ms", "p99 ms", "slowest ms"]
_COLUMNS += ["bare/s", "of bare", "MB"]
HEAD = f"| {' | '.join(_COLUMNS)} |\n| --- |{' --: |' * (len(_COLUMNS) - 1)}"


@dataclass(frozen=True)
class Bench:
    """What is the same for all cells."""

    clients: Clients
    seconds: float
    connections: Sequence[int]

    def bare(self, environ: dict[str, str], processes: int) -> dict[int, Answers]:
        """The yardstick, by connections."""
        with served("bench.bare:bare()", environ, processes) as (port, _):
            self.clients.ask(port, max(self.connections), _WARM_UP_SECONDS / 2, _BARE_AT_MOST)
            return {
                count: self.clients.ask(port, count, self.seconds, _BARE_AT_MOST)
                for count in self.connections
            }

    def cells(self, environ: dict[str, str], database: str, stored: int, processes: int) -> Iterator[Cell]:
        """All connections at one server, with the bare one before it."""
        bare = self.bare(environ, processes)
        with served("bench.spotter:spotter()", environ, processes) as (port, pid):
            self.clients.ask(port, max(self.connections), _WARM_UP_SECONDS, _SPOTTER_AT_MOST)
            for count in self.connections:
                ours = self.clients.ask(port, count, self.seconds, _SPOTTER_AT_MOST)
                yield Cell(database, stored, processes, count, ours, bare[count], megabytes(pid))


def main() -> None:
    """Measures and prints: progress on standard error, the tables on standard output."""
    told = _arguments()
    begun = time.monotonic()
    _say(f"playing {_TALKS} conversations")
    spoken = talks(_TALKS)
    clients = Clients(spoken)
    bench = Bench(clients, told.seconds, told.connections)
    cells: list[Cell] = []
    thinking = statistics.mean(times_of_turns(talk.texts for talk in spoken))
    notes = [f"hearing and deciding alone, in one thread: {thinking:.1f} ms a turn on average"]
    with running(["bench.carrier"]) as twilio:
        assert twilio.stdout is not None
        os.environ[carrier.ADDRESS] = twilio.stdout.readline().strip()
        for database in told.databases:
            with house(database) as environ:
                kept = Stored(environ, spoken)
                for stored in sorted(told.sessions):
                    _say(f"{database}: making {stored:,} conversations")
                    kept.grow(stored)
                    for processes in told.processes:
                        for cell in bench.cells(environ, database, kept.sessions, processes):
                            cells.append(cell)
                            _say(cell.row())
                notes.append(f"{database}: {kept.bytes() / kept.sessions:,.0f} bytes a conversation on disk")
                kept.close()
                notes += [f"{database}: {sent}" for sent in _sends(environ)]
    clients.close()
    notes += _machines(cells)
    took = time.monotonic() - begun
    machine = f"{os.cpu_count()} cores of {processor()}, Python {platform.python_version()}"
    print(f"`python -m bench.load {' '.join(sys.argv[1:])}`".replace(" `", "`"))
    print(f"on {machine}, {time.strftime('%d %B %Y')}, {took / 60:.0f} minutes\n")
    print(HEAD, *(cell.row() for cell in cells), sep="\n")
    print()
    print(*(f"- {note}" for note in notes), sep="\n")


def _machines(cells: Sequence[Cell]) -> Iterator[str]:
    """For each number of processes, the best that was seen on PostgreSQL with the most stored."""
    most = max(cell.stored for cell in cells)
    for processes in sorted({cell.processes for cell in cells}):
        found = [
            cell.ours.per_second
            for cell in cells
            if (cell.database, cell.stored, cell.processes) == ("postgresql", most, processes)
        ]
        if found:
            yield (
                f"a million conversations a day need {needed():.0f} turns/s: {machines(max(found))} machines "
                f"like this one (server processes: {processes}; turns/s: {max(found):.0f})"
            )


def _sends(environ: dict[str, str]) -> Iterator[Sent]:
    for urgent in (False, True):
        _say("sending " + ("pages" if urgent else "texts"))
        yield sends_a_second(environ, urgent=urgent)


@contextmanager
def house(database: str) -> Iterator[dict[str, str]]:
    """The environment of a server with a roster, a carrier and an empty ``database``."""
    with tempfile.TemporaryDirectory(prefix="spotter-load-") as data:
        Path(data, "roster.yaml").write_text(_ROSTER, encoding="utf-8")
        environ = {
            "TWILIO_ACCOUNT_SID": ACCOUNT,
            "TWILIO_AUTH_TOKEN": TOKEN,
            "SPOTTER_PUBLIC_URL": PUBLIC_URL,
            "SPOTTER_SMS_FROM": "+12025559999",
            "SPOTTER_DATA_DIR": data,
            # As whoever carries so much would set them.
            "SPOTTER_TEXTS_PER_DAY": "100000000",
            "SPOTTER_TEXTS_PER_NUMBER": "100000",
        }
        if database == "sqlite":
            yield environ
            return
        binaries = programs()
        if binaries is None:
            raise SystemExit(
                "PostgreSQL is not installed: sudo apt install postgresql, or --databases sqlite"
            )
        server = Postgres(binaries, durable=True)
        try:
            yield environ | {"DATABASE_URL": server.new_database()}
        finally:
            server.stop()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.load", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--seconds", type=float, default=3.0, help="of each cell (3)")
    parser.add_argument(
        "--sessions", type=int, nargs="+", default=[10_000, 100_000, 1_000_000], help="stored conversations"
    )
    choices = ["sqlite", "postgresql"]
    parser.add_argument("--databases", nargs="+", choices=choices, default=choices)
    parser.add_argument("--connections", type=int, nargs="+", default=[1, 8, 32])
    parser.add_argument("--processes", type=int, nargs="+", default=[1, 2], help="of the server")
    return parser.parse_args()


def processor() -> str:
    """Its name, as far as this machine tells."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        return next(line.partition(": ")[2] for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.machine()


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
