"""What is so only of a database on a server: many writers at once, connections that break, its clock."""

import threading
import time
from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, text

from flows.session import Session
from flows.turn import Turn
from store.database import TROUBLE
from store.migrate import migrate
from store.store import OvertakenError, Store
from store.tables import sessions
from tests.keys import KEYS
from tests.postgres import Postgres
from tests.store.test_store import NOW, PERSON, counted
from tests.together import run_together


@pytest.fixture
def store(postgres_url: str) -> Iterator[Store]:
    store = Store(postgres_url, KEYS)
    yield store
    store.database.close()


def test_different_people_never_wait_for_each_other(store: Store) -> None:
    both = threading.Barrier(2)

    def meets(session: Session | None) -> Turn:
        both.wait(timeout=10)
        return counted(session)

    kept = run_together(2, lambda number: store.take_turn(f"+1555010000{number}", None, NOW, meets))
    assert [one.replies[0].text for one in kept] == ["turn 1", "turn 1"]


def test_one_person_waits_for_the_turn_before_on_another_machine_too(store: Store, postgres_url: str) -> None:
    other, order = Store(postgres_url, KEYS), []

    def slowly(session: Session | None) -> Turn:
        order.append("in")
        time.sleep(0.1)
        order.append("out")
        return counted(session)

    stores = [store, other]
    kept = run_together(4, lambda number: stores[number % 2].take_turn(PERSON, f"SM{number}", NOW, slowly))
    assert order == ["in", "out"] * 4
    assert sorted(one.replies[0].text for one in kept) == [f"turn {number}" for number in range(1, 5)]
    other.database.close()


def test_who_waits_too_long_is_told(postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("store.postgres.PROCESS_SECONDS", 1)
    store = Store(postgres_url, KEYS)

    def meanwhile(session: Session | None) -> Turn:
        with pytest.raises(TROUBLE):
            store.take_turn(PERSON, "SM2", NOW, counted)
        return counted(session)

    assert store.take_turn(PERSON, "SM1", NOW, meanwhile).replies[0].text == "turn 1"
    assert store.take_turn(PERSON, "SM2", NOW, counted).replies[0].text == "turn 2"
    store.database.close()


def test_a_turn_that_was_decided_on_an_older_state_is_not_kept(store: Store) -> None:
    """However it got past the lock."""
    store.take_turn(PERSON, "SM1", NOW, counted)

    def overtaken(session: Session | None) -> Turn:
        with store.database.transaction() as connection:
            connection.execute(sessions.update().values(version=7))
        return counted(session)

    with pytest.raises(OvertakenError):
        store.take_turn(PERSON, "SM2", NOW, overtaken)
    assert store.take_turn(PERSON, "SM2", NOW, counted).replies[0].text == "turn 2"


def test_a_server_that_was_restarted_costs_nobody_their_message(store: Store, postgres: Postgres) -> None:
    store.take_turn(PERSON, "SM1", NOW, counted)
    postgres.restart()
    assert store.take_turn(PERSON, "SM2", NOW, counted).replies[0].text == "turn 2"


def test_a_connection_that_breaks_in_a_turn_keeps_nothing_of_it(store: Store, postgres: Postgres) -> None:
    def breaks(session: Session | None) -> Turn:
        # Not the one that ends them: its own words are a query about sessions too.
        others = "pid <> pg_backend_pid() and query ~ 'sessions'"
        postgres.execute(f"select pg_terminate_backend(pid) from pg_stat_activity where {others}")
        return counted(session)

    store.take_turn(PERSON, "SM1", NOW, counted)
    with pytest.raises(TROUBLE):
        store.take_turn(PERSON, "SM2", NOW, breaks)
    for number in range(2, 25):
        assert store.take_turn(PERSON, f"SM{number}", NOW, counted).replies[0].text == f"turn {number}"


def test_a_server_that_is_not_there_is_trouble_at_once_and_mends_itself(
    store: Store, postgres_url: str, postgres: Postgres
) -> None:
    with postgres.outage(postgres_url):
        for _ in range(2):
            start = time.monotonic()
            with pytest.raises(TROUBLE) as caught:
                store.take_turn(PERSON, "SM1", NOW, counted)
            assert PERSON not in str(caught.value)
            assert time.monotonic() - start < 5
    assert store.take_turn(PERSON, "SM1", NOW, counted).replies[0].text == "turn 1"


def test_the_servers_clock_counts_and_not_the_machines(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    right, real = time.time(), time.time
    monkeypatch.setattr("store.postgres.time.time", lambda: real() - 3600)
    store = Store(postgres_url, KEYS)
    assert store.now() == pytest.approx(right - 3600, abs=60)
    store.open()
    assert store.now() == pytest.approx(right, abs=60)
    store.database.close()


def test_a_change_of_the_tables_may_take_longer_than_an_answer(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("store.postgres.LINE_SECONDS", 1)
    slow = text("select pg_sleep(1.5)")

    def slowly(connection: Connection) -> None:
        connection.execute(slow)
        migrate(connection)

    monkeypatch.setattr("store.postgres.migrate", slowly)
    store = Store(postgres_url, KEYS)
    with store.database.transaction():
        pass
    with pytest.raises(TROUBLE), store.database.transaction() as connection:
        connection.execute(slow)
    store.database.close()
