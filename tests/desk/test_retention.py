"""Conversations are forgotten after the days of their level, and not while staff have them in hand."""

import os
from pathlib import Path

import pytest
from sqlalchemy import func, select, update

from desk.retention import Retention
from flows.levels import Level
from settings import Settings
from sms.message import Message
from store.jobs import Job
from store.journal import Journal
from store.refusals import opted_out
from store.tables import alerts, handled, refusals, sessions, turns
from tests.desk.days import DAY, NEW_YORK, Days
from tests.keys import KEYS

JOB = Job(1, "retention", "retention", None, None, {}, 0.0, 1, "")
KEEP = dict(Settings().keep_days)
LOS_ANGELES, SEATTLE = "+12135550123", "+12065550123"


@pytest.fixture
def retention(days: Days, tmp_path: Path) -> Retention:
    return Retention(days.store, Journal(tmp_path / "journal", KEYS), KEEP)


def people(days: Days) -> set[str]:
    with days.store.database.transaction() as connection:
        return set(connection.execute(select(sessions.c.person)).scalars())


def close(days: Days) -> None:
    with days.store.database.transaction() as connection:
        connection.execute(update(alerts).values(state="closed"))


def test_each_level_has_its_days(days: Days, retention: Retention) -> None:
    days.says("hello")
    days.ends(person=LOS_ANGELES)
    days.says("I can't feel between my legs", person=SEATTLE)
    close(days)
    begun = days.now
    for after, left in (
        (29, {NEW_YORK, LOS_ANGELES, SEATTLE}),
        (31, {LOS_ANGELES, SEATTLE}),
        (89, {LOS_ANGELES, SEATTLE}),
        (91, {SEATTLE}),
        (364, {SEATTLE}),
        (366, set()),
    ):
        assert retention(JOB, begun + after * DAY) == begun + (after + 1) * DAY
        assert people(days) == left, after
    with days.store.database.transaction() as connection:
        assert connection.execute(select(func.count()).select_from(turns)).scalar_one() == 0


def test_what_staff_have_not_closed_stays(days: Days, retention: Retention) -> None:
    days.says("I can't feel between my legs")
    retention(JOB, days.now + 1000 * DAY)
    assert people(days) == {NEW_YORK}
    close(days)
    retention(JOB, days.now + 1000 * DAY)
    assert people(days) == set()


def test_stop_is_not_forgotten(days: Days, retention: Retention) -> None:
    days.says("my back hurts")
    days.says("STOP")
    days.says("my back hurts", person=LOS_ANGELES)
    retention(JOB, days.now + 1000 * DAY)
    assert people(days) == set()
    with days.store.database.transaction() as connection:
        assert opted_out(connection, NEW_YORK)
        assert not opted_out(connection, LOS_ANGELES)
        assert connection.execute(select(func.count()).select_from(refusals)).scalar_one() == 1


def test_it_goes_in_small_pieces(days: Days, retention: Retention, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("desk.retention._AT_ONCE", 2)
    for number in range(5):
        days.says("hello", person=f"+1202555012{number}")
    retention(JOB, days.now + 31 * DAY)
    assert people(days) == set()


def test_of_the_journal_only_what_was_set_aside_is_forgotten(
    days: Days, retention: Retention, tmp_path: Path
) -> None:
    journal = Journal(tmp_path / "journal", KEYS)
    for _ in range(3):
        assert journal.keep("text", days.now, {})
    old, new, _ = journal.waiting()
    journal.set_aside(old)
    journal.set_aside(new)
    for file in (tmp_path / "journal").glob(f"*{old}*"):
        os.utime(file, (days.now - 366 * DAY, days.now - 366 * DAY))
    os.utime(tmp_path / "journal" / f"{new}.failed", (days.now, days.now))
    retention(JOB, days.now)
    assert (journal.count(), journal.aside()) == (1, 1)


def test_messages_are_known_for_as_long_as_twilio_may_bring_them(days: Days, retention: Retention) -> None:
    days.answering.answer(Message("SM1", NEW_YORK, "hello", 0, ""), days.now)
    retention(JOB, days.now + 31 * DAY)
    with days.store.database.transaction() as connection:
        assert connection.execute(select(handled.c.inbound)).all() == []
    assert max(KEEP.values()) == KEEP[Level.EMERGENCY]
