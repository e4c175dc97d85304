"""A backup is whole, taken while others write, and really comes back; nothing is ever written over."""

import os
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from sqlalchemy import make_url

from store.backup import BackupError, backup, restore
from store.store import Store
from tests.keys import KEY, KEYS
from tests.postgres import Postgres
from tests.store.test_store import NOW, PERSON, counted
from values import PROJECT


@pytest.fixture
def elsewhere(database_url: str, request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of the same kind."""
    if database_url.startswith("sqlite"):
        return f"sqlite:///{tmp_path / 'new machine' / 'spotter.db'}"
    server: Postgres = request.getfixturevalue("postgres")
    return server.new_database()


def test_what_was_kept_comes_back_and_goes_on(
    store: Store, database_url: str, elsewhere: str, tmp_path: Path
) -> None:
    for number in range(3):
        store.take_turn(PERSON, f"SM{number}", NOW, counted)
    backup(database_url, tmp_path / "kept")
    store.take_turn(PERSON, "SM3", NOW, counted)

    restore(elsewhere, tmp_path / "kept")
    back = Store(elsewhere, KEYS)
    assert back.take_turn(PERSON, "SM2", NOW, counted).repeated
    assert back.take_turn(PERSON, "SM9", NOW, counted).replies[0].text == "turn 4"
    back.database.close()


def test_it_is_taken_while_others_write(
    store: Store, database_url: str, elsewhere: str, tmp_path: Path
) -> None:
    """Every turn that was answered before it began is in it, and writing goes on meanwhile."""
    store.take_turn(PERSON, "SM0", NOW, counted)
    begun, over, answered = threading.Event(), threading.Event(), [0]

    def write() -> None:
        while not over.is_set():
            answered[0] += 1
            store.take_turn("+15550100009", f"SN{answered[0]}", NOW, counted)
            if answered[0] == 20:
                begun.set()

    writer = threading.Thread(target=write)
    writer.start()
    begun.wait(timeout=30)
    before = answered[0] - 1
    backup(database_url, tmp_path / "kept")
    over.set()
    writer.join()
    restore(elsewhere, tmp_path / "kept")
    back = Store(elsewhere, KEYS)
    assert back.take_turn("+15550100009", f"SN{before}", NOW, counted).repeated
    back.database.close()


def test_only_the_owner_can_read_it_and_it_is_one_file(
    store: Store, database_url: str, tmp_path: Path
) -> None:
    store.open()
    place = tmp_path / "backups"
    place.mkdir()
    backup(database_url, place / "kept")
    assert [path.name for path in place.iterdir()] == ["kept"]
    assert (place / "kept").stat().st_mode & 0o777 == 0o600


def test_nothing_is_written_over(store: Store, database_url: str, tmp_path: Path) -> None:
    store.take_turn(PERSON, "SM1", NOW, counted)
    backup(database_url, tmp_path / "kept")
    with pytest.raises(BackupError, match="there already"):
        backup(database_url, tmp_path / "kept")
    with pytest.raises(BackupError, match="never writes over"):
        restore(database_url, tmp_path / "kept")
    assert store.take_turn(PERSON, "SM1", NOW, counted).repeated


def test_a_backup_goes_back_into_its_own_kind_only(store: Store, database_url: str, tmp_path: Path) -> None:
    store.open()
    backup(database_url, tmp_path / "kept")
    sqlite = database_url.startswith("sqlite")
    other = "postgresql://spotter@db.example.com/spotter" if sqlite else f"sqlite:///{tmp_path / 'new.db'}"
    with pytest.raises(BackupError, match="the kind that it came from"):
        restore(other, tmp_path / "kept")


def test_what_is_no_backup_is_refused(database_url: str, tmp_path: Path) -> None:
    (tmp_path / "letter").write_text("Dear Sir,")
    with pytest.raises(BackupError, match="no backup of Spotter"):
        restore(database_url, tmp_path / "letter")
    with sqlite3.connect(tmp_path / "others.db") as others:
        others.execute("CREATE TABLE songs (name)")
    others.close()
    with pytest.raises(BackupError, match="damaged"):
        restore(f"sqlite:///{tmp_path / 'spotter.db'}", tmp_path / "others.db")
    assert not (tmp_path / "spotter.db").exists()


def test_a_damaged_backup_is_refused(tmp_path: Path) -> None:
    store = _filled(tmp_path / "spotter.db")
    backup(store, tmp_path / "kept")
    torn = (tmp_path / "kept").read_bytes()
    (tmp_path / "torn").write_bytes(torn[: len(torn) // 2])
    with pytest.raises(BackupError, match="damaged"):
        restore(f"sqlite:///{tmp_path / 'new.db'}", tmp_path / "torn")
    assert not (tmp_path / "new.db").exists()


def test_a_backup_of_a_newer_spotter_is_refused(tmp_path: Path) -> None:
    url = _filled(tmp_path / "spotter.db")
    backup(url, tmp_path / "kept")
    with sqlite3.connect(tmp_path / "kept") as newer:
        newer.execute("UPDATE alembic_version SET version_num = '9999'")
    newer.close()
    with pytest.raises(BackupError, match="newer Spotter"):
        restore(f"sqlite:///{tmp_path / 'new.db'}", tmp_path / "kept")


def test_a_password_stands_on_no_command_line_and_in_no_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "pg_dump").write_text('#!/bin/sh\necho "$@" >&2; exit 1\n')
    (tmp_path / "pg_dump").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(BackupError) as caught:
        backup("postgresql://spotter:hunter2@db.example.com/spotter", tmp_path / "kept")
    assert "spotter@db.example.com" in str(caught.value)
    assert "hunter2" not in str(caught.value)
    assert not (tmp_path / "kept").exists()


def test_what_cannot_be_had_is_said_with_the_mend(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(BackupError, match=r"there is no database at .*spotter\.db"):
        backup(f"sqlite:///{tmp_path / 'spotter.db'}", tmp_path / "kept")
    (tmp_path / "letter").write_text("Dear Sir,")
    with pytest.raises(BackupError, match="cannot be read"):
        backup(f"sqlite:///{tmp_path / 'letter'}", tmp_path / "kept")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(BackupError, match="apt install postgresql-client"):
        backup("postgresql://spotter@db.example.com/spotter", tmp_path / "kept")
    (tmp_path / "dump").write_bytes(b"PGDMP" + bytes(20))
    with pytest.raises(BackupError, match="cannot be reached"):
        restore(f"postgresql://spotter@/spotter?host={tmp_path}", tmp_path / "dump")
    assert not (tmp_path / "kept").exists()


def test_the_command_line(database_url: str, tmp_path: Path) -> None:
    store = Store(database_url, KEYS)
    store.take_turn(PERSON, "SM1", NOW, counted)
    store.database.close()
    done = _store("backup", tmp_path / "kept", database_url)
    assert (done.returncode, done.stderr) == (0, "")
    assert "complete" in done.stdout
    again = _store("backup", tmp_path / "kept", database_url)
    assert again.returncode == 1
    assert again.stderr.startswith("Not done: ")
    if make_url(database_url).drivername == "sqlite":
        back = _store("restore", tmp_path / "kept", f"sqlite:///{tmp_path / 'new.db'}")
        assert back.stdout == "The database is back. Conversations in it: 1.\n"
    missing = _store("restore", tmp_path / "nowhere", database_url)
    assert missing.returncode == 1
    assert "No such file" in missing.stderr


def _filled(path: Path) -> str:
    store = Store(f"sqlite:///{path}", KEYS)
    for number in range(40):
        store.take_turn(f"+1555010{number:04}", f"SM{number}", NOW, counted)
    store.database.close()
    return f"sqlite:///{path}"


def _store(command: str, file: Path, url: str) -> "subprocess.CompletedProcess[str]":
    told = [sys.executable, "-m", "store", command, str(file)]
    environ = os.environ | {"DATABASE_URL": url, "SPOTTER_KEYS": KEY}
    return subprocess.run(
        told, cwd=PROJECT, env=environ, capture_output=True, text=True, timeout=60, check=False
    )
