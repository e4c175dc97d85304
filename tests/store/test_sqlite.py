"""What is so only of a database in a file: its directory, its log, and that it can be moved away."""

import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from store.store import Store
from store.tables import turns
from tests.keys import KEYS
from tests.store.test_store import NOW, PERSON, counted


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store(f"sqlite:///{tmp_path / 'deep' / 'spotter.db'}", KEYS)
    yield store
    store.database.close()


def test_every_turn_is_on_disk_when_it_is_answered(store: Store, tmp_path: Path) -> None:
    store.take_turn(PERSON, "SM1", NOW, counted)
    copy = tmp_path / "copy"
    shutil.copytree(tmp_path / "deep", copy)
    reader = sqlite3.connect(copy / "spotter.db")
    assert reader.execute("select count(*) from turns").fetchone() == (1,)
    assert reader.execute("pragma journal_mode").fetchone() == ("wal",)
    reader.close()


def test_a_file_that_was_moved_away_is_noticed_and_mends_itself(store: Store, tmp_path: Path) -> None:
    store.take_turn(PERSON, "SM1", NOW, counted)
    directory = tmp_path / "deep"
    directory.rename(tmp_path / "away")
    (directory / "spotter.db").mkdir(parents=True)
    with pytest.raises(SQLAlchemyError):
        store.take_turn(PERSON, "SM2", NOW, counted)
    (directory / "spotter.db").rmdir()
    assert store.take_turn(PERSON, "SM2", NOW, counted).replies[0].text == "turn 1"
    shutil.rmtree(directory)
    (tmp_path / "away").rename(directory)
    assert store.take_turn(PERSON, "SM2", NOW, counted).replies[0].text == "turn 2"


def test_no_turn_waits_for_a_long_look(store: Store) -> None:
    store.take_turn(PERSON, "SM1", NOW, counted)
    count = select(func.count()).select_from(turns)
    with store.database.reading() as connection:
        assert connection.execute(count).scalar_one() == 1
        assert store.take_turn(PERSON, "SM2", NOW, counted).replies[0].text == "turn 2"
        assert connection.execute(count).scalar_one() == 1, "it is a look at one moment"
    with store.database.reading() as connection:
        assert connection.execute(count).scalar_one() == 2


def test_a_look_fails_when_nothing_could_be_written(store: Store, tmp_path: Path) -> None:
    store.open()
    shutil.rmtree(tmp_path / "deep")
    (tmp_path / "deep" / "spotter.db").mkdir(parents=True)
    with pytest.raises(SQLAlchemyError), store.database.reading():
        pytest.fail("there is nothing to look at")
