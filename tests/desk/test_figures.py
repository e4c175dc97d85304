"""What stands in the database is counted as it is, and from indexes alone."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Connection, event, insert, update

from desk.figures import Figures, figures
from flows.levels import Level
from flows.turn import Alert
from store.jobs import Counts, schedule
from store.store import Store
from store.tables import alerts, check_ins, jobs, sends
from tests.store.test_store import DAY, NOW, PERSON, counted, rows


def look(store: Store, now: float = NOW) -> Figures:
    with store.database.transaction() as connection:
        return figures(connection, now)


def put(store: Store, table: Any, **row: object) -> None:
    with store.database.transaction() as connection:
        connection.execute(insert(table).values(**row))


def alert(store: Store, person: str, level: Level, at: float) -> None:
    store.take_turn(person, None, at, lambda s: counted(s, Alert(level, ()), level=level, at=at))


def send(store: Store, key: str, kind: str, state: str, at: float = NOW) -> None:
    row = {"key": key, "kind": kind, "state": state, "channel": "sms", "recipient": PERSON, "body": "hello"}
    put(store, sends, **row, created_at=at, updated_at=at)


def test_an_empty_database_has_nothing_to_worry_about(store: Store) -> None:
    assert look(store) == Figures(Counts(0, 0, 0, None), 0.0, 0.0, {}, {}, {})


def test_the_oldest_alert_is_one_that_staff_are_paged_for_and_nobody_has_taken(store: Store) -> None:
    alert(store, "+15550100001", Level.URGENT, NOW - 500)
    alert(store, "+15550100002", Level.EMERGENCY, NOW - 40)
    alert(store, "+15550100003", Level.SEE_PROVIDER, NOW - 900)
    assert look(store).waited == 500
    [first, *_] = rows(store, alerts)
    with store.database.transaction() as connection:
        connection.execute(update(alerts).where(alerts.c.id == first["id"]).values(state="acknowledged"))
    now = look(store)
    assert now.waited == 40
    assert now.alerts == {
        ("urgent", "acknowledged"): 1,
        ("emergency", "open"): 1,
        ("see_provider", "open"): 1,
    }
    with store.database.transaction() as connection:
        connection.execute(update(alerts).values(state="closed"))
    assert (look(store).waited, look(store).alerts) == (0.0, {})


def test_sends_are_those_of_a_day_and_check_ins_those_of_a_week(store: Store) -> None:
    for number, state in enumerate(("delivered", "delivered", "failed")):
        send(store, f"p{number}", "page", state, NOW - number * 3600)
    send(store, "r", "reply", "queued")
    send(store, "old", "page", "failed", NOW - DAY)
    alert(store, PERSON, Level.URGENT, NOW)
    for due, state in ((NOW + 3 * DAY, "waiting"), (NOW - DAY, "answered"), (NOW - 8 * DAY, "silent")):
        put(store, check_ins, session=1, person=PERSON, day=1, due=due, state=state)
    now = look(store)
    assert now.sends == {("page", "delivered"): 2, ("page", "failed"): 1, ("reply", "queued"): 1}
    assert now.check_ins == {("waiting",): 1, ("answered",): 1}


def test_a_job_is_overdue_since_it_was_due_first(store: Store) -> None:
    with store.database.transaction() as connection:
        for key, due in (("a", NOW - 90), ("b", NOW - 5), ("c", NOW + 60)):
            schedule(connection, key=key, kind="send", due=due)
    now = look(store)
    assert (now.jobs, now.overdue) == (Counts(2, 1, 0, NOW - 90), 90.0)


def plans(connection: Connection) -> Iterator[str]:
    """How the database would answer each question of a look."""
    asked: list[tuple[str, Any]] = []

    def note(_c: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        asked.append((statement, parameters))

    event.listen(connection, "before_cursor_execute", note)
    figures(connection, NOW)
    event.remove(connection, "before_cursor_execute", note)
    word = "EXPLAIN QUERY PLAN" if connection.dialect.name == "sqlite" else "EXPLAIN"
    for statement, parameters in asked:
        cursor = connection.connection.cursor()
        cursor.execute(f"{word} {statement}", parameters)
        yield "\n".join(str(row[-1]) for row in cursor.fetchall())


def test_no_table_is_read_from_end_to_end(store: Store) -> None:
    with store.database.transaction() as connection:
        if connection.dialect.name == "postgresql":
            # It would read a table of no rows whole, and rightly so.
            connection.exec_driver_sql("set local enable_seqscan = off")
        told = list(plans(connection))
    assert len(told) == 6
    for plan in told:
        assert "SCAN" not in plan
        assert "Seq Scan" not in plan
    covered = "COVERING INDEX" if store.database.__class__.__name__ == "SQLite" else "sends_by_time"
    assert any(covered in plan and "sends_by_time" in plan for plan in told)


@pytest.mark.parametrize("table", [jobs, sends, alerts, check_ins])
def test_a_look_changes_nothing(store: Store, table: Any) -> None:
    send(store, "p", "page", "queued")
    before = rows(store, table)
    look(store, NOW + DAY)
    assert rows(store, table) == before
