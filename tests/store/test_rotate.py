"""Keys can be changed: what old ones sealed is sealed anew, in pieces, and nothing is lost on the way."""

import itertools
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Text, insert, select, type_coerce

from store.journal import Journal
from store.keys import Keys, WrongKeysError, new_key
from store.rotate import rotate
from store.store import Store
from store.tables import sessions, turns, users
from tests.keys import KEY, KEYS
from tests.store.test_store import PERSON, counted
from values import PROJECT

NOW = 1_790_000_000.0
NEW = new_key()


@pytest.fixture
def filled(store: Store, monkeypatch: pytest.MonkeyPatch) -> Store:
    """Seven people's conversations, in batches of two."""
    monkeypatch.setattr("store.rotate._BATCH", 2)
    for number in range(7):
        store.take_turn(f"{PERSON}{number}", f"SM{number}", NOW, counted, f"my back {number}")
    return store


def opened(url: str, keys: Keys, look: Callable[[Store], Any]) -> Any:
    store = Store(url, keys)
    try:
        return look(store)
    finally:
        store.database.close()


def said(store: Store) -> list[str]:
    with store.database.transaction() as connection:
        return list(connection.execute(select(turns.c.said).order_by(turns.c.id)).scalars())


@pytest.mark.usefixtures("filled")
def test_the_old_key_is_not_needed_any_more(database_url: str) -> None:
    both = Keys([NEW, KEY])
    assert opened(database_url, both, lambda store: rotate(store.database, both)) > 4 * 7
    new = Keys([NEW])
    assert opened(database_url, new, said) == [f"my back {number}" for number in range(7)]
    assert opened(database_url, new, lambda store: store.session(f"{PERSON}3", NOW)).turns == 1
    assert opened(database_url, both, lambda store: rotate(store.database, both)) == 0
    with pytest.raises(WrongKeysError):
        opened(database_url, KEYS, said)


@pytest.mark.usefixtures("filled")
def test_it_may_be_stopped_and_begun_again(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    both = Keys([NEW, KEY])
    renewals = itertools.count()

    class Stopped(Exception):  # noqa: N818
        pass

    def stopping(self: Keys, token: str) -> str:
        if next(renewals) == 20:
            raise Stopped
        return real(self, token)

    real = Keys.renew
    monkeypatch.setattr(Keys, "renew", stopping)
    with pytest.raises(Stopped):
        opened(database_url, both, lambda store: rotate(store.database, both))
    # Some of it is new and some is old: both are read, and written, meanwhile.
    assert len(opened(database_url, both, said)) == 7
    opened(database_url, both, lambda store: store.take_turn(f"{PERSON}3", "SM8", NOW, counted, "again"))
    opened(database_url, both, lambda store: rotate(store.database, both))
    assert opened(database_url, Keys([NEW]), said)[-1] == "again"


def test_the_same_person_is_found_whatever_the_key(filled: Store, database_url: str) -> None:
    def hashes(store: Store) -> list[str]:
        with store.database.transaction() as connection:
            kept = connection.execute(select(type_coerce(sessions.c.person, Text)).order_by(sessions.c.id))
            return [one[:32] for one in kept.scalars()]

    before = hashes(filled)
    both = Keys([NEW, KEY])
    opened(database_url, both, lambda store: rotate(store.database, both))
    assert opened(database_url, Keys([NEW]), hashes) == before
    assert len(set(before)) == 7


@pytest.mark.usefixtures("filled")
def test_second_factors_are_sealed_anew(store: Store, database_url: str) -> None:
    row = {"role": "staff", "password": "a hash", "created_at": NOW}
    with store.database.transaction() as connection:
        for name in ("Ana", "Ben", "Cleo", "Zoë", "zoe"):
            connection.execute(insert(users).values(name=name, totp=f"secret of {name}", **row))
    both = Keys([NEW, KEY])
    opened(database_url, both, lambda store: rotate(store.database, both))

    def secrets(store: Store) -> set[str]:
        with store.database.transaction() as connection:
            return set(connection.execute(select(users.c.totp)).scalars())

    found = opened(database_url, Keys([NEW]), secrets)
    assert found == {f"secret of {name}" for name in ("Ana", "Ben", "Cleo", "Zoë", "zoe")}


def test_the_journal_is_sealed_anew_too(tmp_path: Path) -> None:
    folder = tmp_path / "journal"
    Journal(folder, KEYS).keep("text", NOW, {"body": "numb"})
    plain = folder / "00000000000000000001-0.json"
    plain.write_text('{"kind": "text", "at": 1.0, "fields": {"body": "from before"}}', encoding="utf-8")
    journal = Journal(folder, Keys([NEW, KEY]))
    journal.set_aside(journal.waiting()[1])
    assert journal.rotate() == 2
    assert journal.rotate() == 0
    (name,) = Journal(folder, Keys([NEW])).waiting()
    assert Journal(folder, Keys([NEW])).read(name).fields == {"body": "from before"}
    assert journal.aside() == 1
    assert not [file for file in folder.iterdir() if file.is_file() and b"numb" in file.read_bytes()]


@pytest.mark.usefixtures("filled")
def test_the_command_says_what_it_did(database_url: str, tmp_path: Path) -> None:
    environ = {"DATABASE_URL": database_url, "SPOTTER_DATA_DIR": str(tmp_path)}

    def rotated(keys: str) -> "subprocess.CompletedProcess[str]":
        command, given = [sys.executable, "-m", "store", "rotate"], environ | {"SPOTTER_KEYS": keys}
        return subprocess.run(command, env=given, cwd=PROJECT, capture_output=True, text=True, check=False)

    assert "values were sealed anew" in rotated(f"{NEW} {KEY}").stdout
    assert opened(database_url, Keys([NEW]), said)[0] == "my back 0"
    without = rotated(KEY)
    assert without.returncode == 1
    assert "WrongKeysError" in without.stderr
