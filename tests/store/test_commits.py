"""Work that waits for the disk together is kept whole, in order, and before anybody is answered."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from store.commits import Commits
from store.database import BusyError
from store.sqlite import SQLite
from tests.keys import KEYS
from tests.together import run_together

Work = Callable[[Connection], Any]

# Turns of eight people at once; each is named on standard output once it was answered.
_ANSWERING = """
import sys
import threading
from flows.session import Session
from flows.turn import Reply, Turn
from store.store import Store
from tests.keys import KEYS

store = Store(sys.argv[1], KEYS)

def decide(session):
    return Turn(session or Session("f", "1", "sms"), (Reply("x", "x"),))

def answer(person):
    for number in range(10_000):
        inbound = f"{person}-{number}"
        store.take_turn(person, inbound, 1.0, decide)
        sys.stdout.write(inbound + "\\n")
        sys.stdout.flush()

for person in "abcdefgh":
    threading.Thread(target=answer, args=(person,)).start()
"""


@pytest.fixture
def database(tmp_path: Path) -> Iterator[SQLite]:
    database = SQLite(f"sqlite:///{tmp_path / 'spotter.db'}", KEYS)
    with database.transaction() as connection:
        connection.exec_driver_sql("create table written (what integer)")
    yield database
    database.close()


def writes(what: int) -> Work:
    def work(connection: Connection) -> int:
        connection.exec_driver_sql(f"insert into written values ({what})")
        return what

    return work


def written(database: SQLite) -> list[int]:
    with database.transaction() as connection:
        return [row.what for row in connection.exec_driver_sql("select what from written order by rowid")]


def in_one_line(database: SQLite, commits: Commits, works: list[Work]) -> list[Future[Any]]:
    """What becomes of ``works`` when all of them, in this order, wait for somebody else's transaction."""
    with ThreadPoolExecutor(len(works)) as pool:
        with database.transaction():
            futures = []
            for work in works:
                futures.append(pool.submit(commits.keep, work))
                time.sleep(0.03)
        return futures


def test_who_waits_together_shares_a_transaction_in_the_order_they_came(database: SQLite) -> None:
    transactions: list[object] = []

    def work(number: int) -> Work:
        def noted(connection: Connection) -> int:
            transactions.append(connection.get_transaction())
            result: int = writes(number)(connection)
            return result

        return noted

    kept = in_one_line(database, Commits(database.transaction), [work(number) for number in range(6)])
    assert [one.result() for one in kept] == list(range(6))
    assert written(database) == list(range(6))
    assert len(set(transactions)) == 1


def test_work_that_fails_undoes_its_own_writes_and_no_others(database: SQLite) -> None:
    def fails(connection: Connection) -> None:
        writes(99)(connection)
        raise ValueError("a bug")

    kept = in_one_line(database, Commits(database.transaction), [writes(1), fails, writes(2)])
    assert isinstance(kept[1].exception(), ValueError)
    assert (kept[0].result(), kept[2].result()) == (1, 2)
    assert written(database) == [1, 2]


def test_trouble_with_the_database_is_told_to_everybody_in_line(database: SQLite) -> None:
    commits = Commits(database.transaction)
    nowhere: Work = lambda connection: connection.exec_driver_sql("insert into nowhere values (1)")  # noqa: E731
    kept = in_one_line(database, commits, [writes(1), nowhere, writes(2)])
    assert all(isinstance(one.exception(), SQLAlchemyError) for one in kept)
    assert written(database) == []
    assert commits.keep(writes(3)) == 3


def test_nobody_is_answered_before_the_commit(database: SQLite) -> None:
    def noticed_late(connection: Connection) -> str:
        # SQLite then checks that the session exists when it commits.
        connection.exec_driver_sql("pragma defer_foreign_keys=on")
        connection.exec_driver_sql(
            "insert into alerts (turn, session, at, level, flags) values (9,9,9,'','')"
        )
        return "answered"

    kept = in_one_line(database, Commits(database.transaction), [writes(1), noticed_late])
    assert all(isinstance(one.exception(), SQLAlchemyError) for one in kept)
    assert written(database) == []


def test_whoever_gives_up_waiting_is_not_kept_after_all(
    database: SQLite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("store.commits.LINE_SECONDS", 0.05)
    commits = Commits(database.transaction)
    with ThreadPoolExecutor(1) as pool:
        with database.transaction():
            first = pool.submit(commits.keep, writes(1))
            time.sleep(0.03)
            with pytest.raises(BusyError):
                commits.keep(writes(2))
        assert first.result() == 1
    assert written(database) == [1]


def test_a_database_that_stays_busy_is_told_to_everybody_in_line(
    database: SQLite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("store.sqlite.LINE_SECONDS", 0.2)
    commits = Commits(database.transaction)
    with database.transaction(), ThreadPoolExecutor(3) as pool:
        kept = [pool.submit(commits.keep, writes(number)) for number in range(3)]
        assert all(isinstance(one.exception(), BusyError) for one in kept)
    assert commits.keep(writes(4)) == 4
    assert written(database) == [4]


def test_a_slow_disk_keeps_those_waiting_whose_work_has_begun(
    database: SQLite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("store.commits.LINE_SECONDS", 0.05)

    def slow(connection: Connection) -> int:
        time.sleep(0.2)
        result: int = writes(1)(connection)
        return result

    assert Commits(database.transaction).keep(slow) == 1
    assert written(database) == [1]


def test_many_threads_lose_nothing(database: SQLite) -> None:
    commits = Commits(database.transaction)

    def many(thread: int) -> list[int]:
        return [commits.keep(writes(thread * 100 + number)) for number in range(25)]

    kept = run_together(8, many)
    found = written(database)
    assert sorted(found) == sorted(what for mine in kept for what in mine)
    for mine in kept:
        assert [what for what in found if what in mine] == mine


def test_every_commit_waits_for_the_disk(database: SQLite) -> None:
    with database.transaction() as connection:
        assert connection.exec_driver_sql("pragma synchronous").scalar_one() == 2


def test_every_answered_turn_outlives_a_kill(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'killed.db'}"
    command = [sys.executable, "-c", _ANSWERING, url]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        killer = threading.Timer(30, process.kill)
        killer.start()
        answered = [next(process.stdout).strip() for _ in range(200)]
        os.kill(process.pid, signal.SIGKILL)
        answered += [line.strip() for line in process.stdout if line.endswith("\n")]
        killer.cancel()
    database = SQLite(url, KEYS)
    with database.transaction() as connection:
        kept = [row.inbound for row in connection.exec_driver_sql("select inbound from turns")]
        assert connection.exec_driver_sql("pragma integrity_check").scalar_one() == "ok"
    database.close()
    assert set(answered) <= set(kept)
    assert len(kept) == len(set(kept))
