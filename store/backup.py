"""A copy of the database in one file, made while the server runs; and a database made from such a file.

Of SQLite it is an SQLite file; of PostgreSQL it is what ``pg_dump`` writes in its custom format.
"""

import os
import shutil
import sqlite3
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg
from sqlalchemy import make_url

from store.migrate import NEWEST

_SQLITE, _PG_DUMP = b"SQLite format 3\0", b"PGDMP"
_MADE_FOR = {_SQLITE: "SQLite", _PG_DUMP: "PostgreSQL"}


class BackupError(RuntimeError):
    """A backup that could not be made or put back. The text says why, with the mend; never a password."""


def backup(url: str, file: Path) -> None:
    """Copies the database at ``url``, as it is at this moment, into ``file``, which appears when it is whole.

    Nobody waits for it. Only its owner can read the file: it holds what people said. Raises `BackupError`,
    and OSError when ``file`` cannot be written.
    """
    copy = _copy_sqlite if make_url(url).drivername == "sqlite" else _dump
    if file.exists():
        raise BackupError(f"{file} is there already, and a backup is never written over: take another name")
    with _beside(file) as new:
        copy(url, new)
        _into_place(new, file)


def restore(url: str, file: Path) -> None:
    """Makes the database at ``url`` from ``file``; who opens it first brings its tables up to date.

    Nothing is ever written over: the SQLite file must not be there, and the PostgreSQL database must be
    empty. Raises `BackupError`, and OSError when ``file`` cannot be read.
    """
    with file.open("rb") as opened:
        begins = opened.read(len(_SQLITE))
    kind = next((magic for magic in _MADE_FOR if begins.startswith(magic)), None)
    if kind is None:
        raise BackupError(f"{file} is no backup of Spotter's")
    wanted = _SQLITE if make_url(url).drivername == "sqlite" else _PG_DUMP
    if kind != wanted:
        raise BackupError(
            f"{file} was made of {_MADE_FOR[kind]}, and DATABASE_URL names {_MADE_FOR[wanted]}: "
            "a backup goes back into the kind that it came from"
        )
    (_put_sqlite_back if wanted == _SQLITE else _put_dump_back)(url, file)


def _copy_sqlite(url: str, new: Path) -> None:
    source = _file_of(url)
    if not source.is_file():
        raise BackupError(f"there is no database at {source}")
    try:
        with closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True)) as database:
            _version_of(database)
            with closing(sqlite3.connect(new)) as copy:
                database.backup(copy)
                # One file, without the log beside it that a database in use has.
                copy.execute("PRAGMA journal_mode=DELETE")
    except sqlite3.DatabaseError as error:
        raise BackupError(f"{source} cannot be read: {error}") from error
    _look_at(new)


def _put_sqlite_back(url: str, file: Path) -> None:
    target = _file_of(url)
    taken = [path for end in ("", "-wal", "-shm") if (path := target.with_name(target.name + end)).exists()]
    if taken:
        raise BackupError(
            f"{taken[0]} is there already, and a restore never writes over anything: stop Spotter, and move "
            f"{target.name}, {target.name}-wal and {target.name}-shm somewhere else first"
        )
    target.parent.mkdir(parents=True, exist_ok=True)
    with _beside(target) as new:
        shutil.copyfile(file, new)
        _look_at(new)
        _into_place(new, target)


def _look_at(file: Path) -> None:
    """Raises `BackupError` unless ``file`` is a whole database of a Spotter as old as this one, or older."""
    try:
        with closing(sqlite3.connect(file)) as database:
            version = _version_of(database)
            state = str(database.execute("PRAGMA integrity_check").fetchone()[0])
    except sqlite3.DatabaseError as error:
        raise BackupError(f"the copy is damaged: {error}") from error
    if state != "ok":
        raise BackupError(f"the copy is damaged: {state}")
    if version > NEWEST:
        raise BackupError(f"it was made by a newer Spotter ({version}); this one knows only {NEWEST}")


def _version_of(database: sqlite3.Connection) -> str:
    """The database's migration, ``""`` before there were any. Raises sqlite3.DatabaseError for another's."""
    database.execute("SELECT 1 FROM sessions LIMIT 1")
    known = database.execute("SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'").fetchone()
    return str(database.execute("SELECT version_num FROM alembic_version").fetchone()[0]) if known else ""


def _dump(url: str, new: Path) -> None:
    _run_for(url, "pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={new}")


def _put_dump_back(url: str, file: Path) -> None:
    try:
        with psycopg.connect(url) as connection:
            taken = connection.execute("SELECT 1 FROM pg_tables WHERE schemaname = 'public'").fetchone()
    except psycopg.OperationalError as error:
        raise BackupError("the PostgreSQL server that DATABASE_URL names cannot be reached") from error
    if taken:
        raise BackupError(
            "the PostgreSQL database is not empty, and a restore never writes over anything: stop Spotter, "
            "make an empty one (createdb), and name that in DATABASE_URL"
        )
    _run_for(
        url,
        "pg_restore",
        "--single-transaction",
        "--exit-on-error",
        "--no-owner",
        "--no-privileges",
        str(file),
    )


def _run_for(url: str, program: str, *told: str) -> None:
    """Runs one of PostgreSQL's programs on the database at ``url``."""
    found = shutil.which(program)
    if found is None:
        raise BackupError(
            f"{program} is not installed. On Debian or Ubuntu: sudo apt install postgresql-client"
        )
    place = make_url(url)
    # Everybody on the machine can read a command line, but not an environment.
    secret = {"PGPASSWORD": str(place.password)} if place.password else {}
    to = place._replace(password=None).render_as_string(hide_password=False)
    done = subprocess.run(
        [found, f"--dbname={to}", "--no-password", *told],
        env=os.environ | secret,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        # Further lines may quote a row.
        first = next(iter(done.stderr.splitlines()), "it does not say why")
        raise BackupError(f"{program} failed: {first}")


def _file_of(url: str) -> Path:
    return Path(make_url(url).database or "")


@contextmanager
def _beside(file: Path) -> Iterator[Path]:
    """An empty file that only its owner can read, in the directory of ``file``; gone afterwards."""
    number, name = tempfile.mkstemp(prefix=f".{file.name}.", dir=file.parent)
    os.close(number)
    try:
        yield Path(name)
    finally:
        Path(name).unlink(missing_ok=True)


def _into_place(new: Path, file: Path) -> None:
    """Gives ``new`` the name ``file`` once it is on the disk. Raises FileExistsError when that is taken."""
    with new.open("rb+") as written:
        os.fsync(written.fileno())
    # Taken first, so that two cannot have it; a link would do, but a memory stick knows none.
    file.touch(exist_ok=False)
    new.replace(file)
    directory = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)
