"""Tables are made and changed by migrations: whole or not at all, once, and with everything in them kept."""

import json
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.exc import SQLAlchemyError

from flows.session import Session
from store.migrate import MIGRATIONS, NEWEST, TooNewError
from store.store import Store
from store.tables import metadata
from tests.keys import KEYS
from tests.store.test_store import PERSON, counted
from values import PROJECT

# The tables as they were made before there were migrations.
_BEFORE = """
CREATE TABLE sessions (id INTEGER NOT NULL, person TEXT NOT NULL, channel TEXT NOT NULL, level TEXT NOT NULL,
 started_at FLOAT NOT NULL, last_at FLOAT NOT NULL, state TEXT NOT NULL, PRIMARY KEY (id));
CREATE INDEX sessions_of_person ON sessions (person, id);
CREATE TABLE turns (id INTEGER NOT NULL, inbound TEXT, session INTEGER NOT NULL, at FLOAT NOT NULL,
 said TEXT NOT NULL, replies TEXT NOT NULL, trace TEXT NOT NULL, PRIMARY KEY (id), UNIQUE (inbound),
 FOREIGN KEY(session) REFERENCES sessions (id));
CREATE TABLE alerts (id INTEGER NOT NULL, turn INTEGER NOT NULL, session INTEGER NOT NULL, at FLOAT NOT NULL,
 level TEXT NOT NULL, flags TEXT NOT NULL, PRIMARY KEY (id), FOREIGN KEY(turn) REFERENCES turns (id),
 FOREIGN KEY(session) REFERENCES sessions (id));
CREATE TABLE jobs (id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, "key" TEXT NOT NULL, kind TEXT NOT NULL,
 person TEXT NOT NULL, session INTEGER NOT NULL, due FLOAT NOT NULL, leased_until FLOAT NOT NULL,
 attempts INTEGER NOT NULL, UNIQUE ("key"), FOREIGN KEY(session) REFERENCES sessions (id));
CREATE INDEX jobs_by_due ON jobs (due);
CREATE INDEX jobs_of_session ON jobs (session);
"""
_DAY = 24 * 3600.0

_OPEN = """
import sys
from store.store import Store
from tests.keys import KEYS
store = Store(sys.argv[1], KEYS)
sys.stdin.readline()
with store.database.transaction():
    print("alembic" in sys.modules)
"""


@pytest.fixture
def old(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """A database of that time, in which somebody is waited for, and staff were to be told four times."""
    connection = sqlite3.connect(tmp_path / "old.db")
    connection.execute("PRAGMA journal_mode=WAL")
    connection.executescript(_BEFORE)
    now = time.time()
    state = Session("back_pain", "1-abc", "sms", turns=1, last_at=now, waiting="pause", due=now).to_json()
    rows = [(1, PERSON, now, state), (2, "+15550100002", now, "{")]
    connection.executemany("INSERT INTO sessions VALUES (?, ?, 'sms', 'urgent', 1.0, ?, ?)", rows)
    replies = json.dumps([{"text": "turn 1", "key": "count"}])
    turns = [(1, "SM1", 1, now, replies), (2, None, 2, now, "[]")]
    connection.executemany("INSERT INTO turns VALUES (?, ?, ?, ?, '', ?, '[]')", turns)
    alerts = [(1, 1, 1, now - 2 * _DAY), (2, 1, 1, now - 60), (3, 1, 1, now - 30), (4, 2, 2, now - 2 * _DAY)]
    connection.executemany("INSERT INTO alerts VALUES (?, ?, ?, ?, 'urgent', '[\"leg_weakness\"]')", alerts)
    connection.execute("INSERT INTO jobs VALUES (7, '1:pause', 'pause', ?, 1, 5.0, 0.0, 2)", (PERSON,))
    connection.commit()
    yield connection
    connection.close()


@pytest.fixture
def taken_over(old: sqlite3.Connection) -> Iterator[Store]:
    store = Store(_url(old), KEYS)
    with store.database.transaction():
        pass
    yield store
    store.database.close()


# Alembic cannot compare SQLite's indexes of hashes; PostgreSQL's it can.
_UNSEEN = pytest.mark.filterwarnings("ignore:.*expression-based index")


@_UNSEEN
def test_the_migrations_make_the_tables_that_the_code_uses(store: Store) -> None:
    with store.database.transaction() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


@_UNSEEN
def test_an_old_database_has_the_same_tables_in_the_end(taken_over: Store) -> None:
    with taken_over.database.transaction() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
        assert connection.exec_driver_sql("pragma foreign_key_check").all() == []


def test_the_newest_migration_is_named() -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    assert ScriptDirectory.from_config(config).get_current_head() == NEWEST


def test_conversations_and_answers_are_taken_over(taken_over: Store) -> None:
    now = time.time()
    session = taken_over.session(PERSON, now)
    assert session is not None
    assert (session.version, session.waiting) == ("1-abc", "pause")
    assert taken_over.versions_in_use(now) == {"1-abc"}
    assert taken_over.take_turn(PERSON, "SM1", now, counted).replies[0].text == "turn 1"
    assert taken_over.take_turn(PERSON, "SM2", now, counted).replies[0].text == "turn 2"


def test_jobs_are_taken_over(taken_over: Store) -> None:
    job = taken_over.jobs.claim(6.0, lease=60)
    assert job is not None
    assert (job.key, job.kind, job.person, job.session) == ("1:pause", "time_out:pause", PERSON, 1)
    assert (job.payload, job.due, job.attempts) == ({}, 5.0, 3)
    assert taken_over.jobs.finish(job)


def test_of_the_alerts_that_nobody_was_told_the_last_days_newest_is_told_now(taken_over: Store) -> None:
    with taken_over.database.transaction() as connection:
        rows = connection.exec_driver_sql("SELECT id, state, code, raised_at = at FROM alerts ORDER BY id")
        assert [tuple(row) for row in rows] == [
            (1, "closed", "", 1),
            (2, "closed", "", 1),
            (3, "open", "0003", 1),
            (4, "closed", "", 1),
        ]
    job = taken_over.jobs.claim(time.time(), lease=60, urgent=True)
    assert job is not None
    assert (job.kind, job.payload) == ("escalate", {"alert": 3})


def test_a_migration_that_fails_changes_nothing(old: sqlite3.Connection) -> None:
    old.execute("CREATE TABLE check_ins (other)")
    before = old.execute("SELECT sql FROM sqlite_master ORDER BY name").fetchall()
    store = Store(_url(old), KEYS)
    with pytest.raises(SQLAlchemyError), store.database.transaction():
        pass
    assert old.execute("SELECT sql FROM sqlite_master ORDER BY name").fetchall() == before
    assert old.execute("SELECT id, kind FROM jobs").fetchall() == [(7, "pause")]
    old.execute("DROP TABLE check_ins")
    assert store.session(PERSON, time.time()) is not None
    store.database.close()


def test_a_database_of_a_newer_spotter_is_left_alone(store: Store, database_url: str) -> None:
    with store.database.transaction() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    other = Store(database_url, KEYS)
    with pytest.raises(TooNewError, match="9999"), other.database.transaction():
        pass
    other.database.close()


def test_processes_that_start_at_once_migrate_once_and_later_ones_not_at_all(database_url: str) -> None:
    processes = [_opening(database_url) for _ in range(4)]
    for process in processes:
        assert process.stdin
        process.stdin.write("now\n")
        process.stdin.flush()
    outcomes = [process.communicate(timeout=60) for process in processes]
    assert [error for _, error in outcomes] == [""] * 4
    assert "True\n" in [told for told, _ in outcomes]
    assert _opening(database_url).communicate("now\n", timeout=60) == ("False\n", "")


def _url(database: sqlite3.Connection) -> str:
    return f"sqlite:///{database.execute('PRAGMA database_list').fetchone()[2]}"


def _opening(url: str) -> "subprocess.Popen[str]":
    pipe = subprocess.PIPE
    command = [sys.executable, "-c", _OPEN, url]
    return subprocess.Popen(command, cwd=PROJECT, stdin=pipe, stdout=pipe, stderr=pipe, text=True)
