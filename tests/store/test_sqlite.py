"""What is so only of a database in a file: its directory, its log, and that it can be moved away."""

import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.exc import SQLAlchemyError

from store.store import Store
from tests.store.test_store import NOW, PERSON, counted


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store(f"sqlite:///{tmp_path / 'deep' / 'spotter.db'}")
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
