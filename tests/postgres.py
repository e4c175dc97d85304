"""A real PostgreSQL server for tests and measurements: in a directory of its own, with a socket."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from sqlalchemy import make_url

_ADMIN = "spotter"
# PostgreSQL refuses to run as root.
_USERS = ("postgres", "nobody")


def programs() -> Path | None:
    """Where ``postgres`` and ``initdb`` are: the newest of Debian's, else on the path."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda one: int(one.parts[4]))
    on_path = shutil.which("postgres")
    chosen = found[-1] if found else Path(on_path) if on_path else None
    return chosen.resolve().parent if chosen and (chosen.resolve().parent / "initdb").exists() else None


class Postgres:
    """A server that runs until `stop`.

    What it is told is safe from a crash of ours, and of the machine only if ``durable``: tests should not
    wait for the disk.
    """

    def __init__(self, binaries: Path, *, durable: bool = False) -> None:
        self._binaries = binaries
        self._durable = durable
        self._user = _unprivileged()
        self._directory = Path(tempfile.mkdtemp(prefix="spotter-pg-"))
        if self._user:
            shutil.chown(self._directory, self._user)
        self._count = 0
        self._empty: list[str] = []
        self._data = self._directory / "data"
        self._run("initdb", "-D", str(self._data), "-U", _ADMIN, "-N", "-E", "UTF8", "--no-locale")
        self._process = self._start()

    def new_database(self) -> str:
        """The URL of an empty database."""
        if self._empty:
            return self._empty.pop()
        self._count += 1
        name = f"spotter{self._count}"
        self.execute(f"create database {name}")
        return self._url(name)

    def take_back(self, url: str) -> None:
        """The database at ``url`` is needed no more; emptied it serves the next, since each is 900 files."""
        self._disconnect(url)
        self.execute("drop schema public cascade; create schema public", url)
        self._empty.append(url)

    def execute(self, sql: str, url: str = "") -> None:
        """Runs ``sql`` as the administrator, in the database at ``url``."""
        with psycopg.connect(url or self._url("postgres"), autocommit=True) as connection:
            connection.execute(sql.encode())

    @contextmanager
    def outage(self, url: str) -> Iterator[None]:
        """The database at ``url`` cannot be reached, and whoever is connected loses it."""
        name = make_url(url).database
        self.execute(f"alter database {name} allow_connections false")
        self._disconnect(url)
        yield
        self.execute(f"alter database {name} allow_connections true")

    def restart(self) -> None:
        """Kills every connection, and is there again."""
        self._end(signal.SIGINT)
        self._process = self._start()

    def stop(self) -> None:
        """Ends the server and removes its files."""
        self._end(signal.SIGQUIT)
        shutil.rmtree(self._directory, ignore_errors=True)

    def _disconnect(self, url: str) -> None:
        name = make_url(url).database
        self.execute(f"select pg_terminate_backend(pid) from pg_stat_activity where datname = '{name}'")

    def _url(self, name: str) -> str:
        return f"postgresql://{_ADMIN}@/{name}?host={self._directory}"

    def _start(self) -> "subprocess.Popen[bytes]":
        told = [
            "-c",
            "listen_addresses=",
            "-c",
            f"fsync={'on' if self._durable else 'off'}",
            "-c",
            f"unix_socket_directories={self._directory}",
        ]
        with (self._directory / "log").open("ab") as log:
            process = subprocess.Popen(
                [self._binaries / "postgres", "-D", self._data, *told],
                stdout=log,
                stderr=log,
                cwd=self._directory,
                user=self._user,
            )
        give_up = time.monotonic() + 60
        while True:
            try:
                psycopg.connect(self._url("postgres")).close()
                return process
            except psycopg.OperationalError:
                if process.poll() is not None or time.monotonic() > give_up:
                    raise
                time.sleep(0.05)

    def _end(self, number: int) -> None:
        self._process.send_signal(number)
        self._process.wait(timeout=30)

    def _run(self, program: str, *arguments: str) -> None:
        done = subprocess.run(
            [self._binaries / program, *arguments],
            cwd=self._directory,
            user=self._user,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"{program} failed: {done.stderr}")


def _unprivileged() -> str | None:
    if os.geteuid() != 0:
        return None
    import pwd

    known = {one.pw_name for one in pwd.getpwall()}
    return next(name for name in _USERS if name in known)
