"""Who is to be asked is in the middle of something, or the clock, the worker or the sender is."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from desk.asking_after import AskingAfter
from desk.worker import Worker
from sms.carrier import SendError
from sms.limits import Limits
from sms.outbox import Outbox
from store.tables import sends
from tests.desk.days import DAY, HOUR, MONDAY, NEW_YORK, Days, clock


def test_who_is_in_the_middle_of_a_conversation_is_not_interrupted(days: Days) -> None:
    days.ends()
    days.passes(DAY - HOUR / 2)
    days.says("restart")
    days.says("my lower back is stiff")
    days.passes(3 * HOUR)
    assert days.asked() == []
    assert days.session().step == "screen_body"
    for text in ("none", "none", "2", "better"):
        days.says(text)
    assert days.states() == ["cancelled"] * 2 + ["waiting"] * 2


def test_who_left_a_conversation_in_the_middle_is_asked_when_it_is_over(days: Days) -> None:
    days.ends()
    days.passes(DAY - HOUR / 2)
    days.says("restart")
    days.passes(DAY + 2 * HOUR)
    assert [clock(at, NEW_YORK) for at in days.asked()] == ["Wed 13:00"]


def test_a_worker_that_comes_in_the_night_waits_for_the_morning(days: Days) -> None:
    days.ends()
    days.now += DAY + 12 * HOUR
    days.passes(12 * HOUR)
    assert [clock(at, NEW_YORK) for at in days.asked()] == ["Wed 08:00"]


def test_a_sender_that_is_held_up_until_the_night_waits_for_the_morning(days: Days) -> None:
    days.until(MONDAY + 7 * HOUR)
    days.ends()
    days.wire.refusals = [SendError("Twilio's error 503", again=True)] * 9
    days.passes(DAY + 20 * HOUR)
    assert days.wire.refusals == []
    assert [clock(at, NEW_YORK) for at in days.asked()] == ["Wed 08:00"]


def test_after_two_days_it_is_too_late_to_ask(days: Days, caplog: pytest.LogCaptureFixture) -> None:
    days.ends()
    days.now += 6 * DAY
    days.passes(DAY)
    assert days.asked() == []
    assert days.states() == ["cancelled", "cancelled"]
    assert "is not asked any more" in caplog.text
    assert NEW_YORK not in caplog.text


def test_who_is_to_be_asked_again_soon_is_asked_once(days: Days) -> None:
    days.ends()
    days.now += 3 * DAY - 2 * HOUR
    days.passes(DAY)
    assert days.states() == ["cancelled", "asked"]
    assert len(days.asked()) == 1


def test_a_clock_that_jumps_back_asks_nobody_twice(days: Days) -> None:
    days.ends()
    days.passes(DAY)
    days.now -= 5 * HOUR
    days.passes(10 * HOUR)
    assert len(days.asked()) == 1
    assert days.states() == ["asked", "waiting"]


def test_two_workers_ask_once(days: Days) -> None:
    days.ends()
    days.now += DAY
    job = days.store.jobs.claim(days.now, lease=60)
    assert job is not None
    assert days.asking(job, days.now) == days.asking(job, days.now) == days.now + DAY
    days.passes(HOUR)
    assert len(days.asked()) == 1


def test_a_stop_while_the_worker_holds_the_job_is_obeyed(days: Days) -> None:
    days.ends()
    days.now += DAY
    job = days.store.jobs.claim(days.now, lease=60)
    assert job is not None
    days.says("stop")
    assert days.asking(job, days.now) is None
    days.passes(HOUR)
    assert days.asked() == []


def test_without_a_conversation_the_question_waits_for_one(
    days: Days, caplog: pytest.LogCaptureFixture
) -> None:
    days.ends()
    newest, days.versions.newest = days.versions.newest, None
    days.passes(DAY + HOUR)
    assert "a check-in waits for a conversation" in caplog.text
    days.versions.newest = newest
    days.passes(HOUR)
    assert len(days.asked()) == 1


def test_a_conversation_without_check_ins_asks_nobody(days: Days) -> None:
    days.ends()
    line = days.versions.newest
    assert line is not None
    days.versions.newest = replace(line, flow=replace(line.flow, check_in=None))
    days.passes(5 * DAY)
    assert days.asked() == []
    assert days.states() == ["cancelled", "cancelled"]


def test_what_is_sent_is_known_as_a_check_in(days: Days) -> None:
    days.ends()
    days.passes(DAY)
    with days.store.database.transaction() as connection:
        kinds = connection.execute(select(sends.c.kind)).scalars().all()
    assert kinds[-1] == "check_in"


def test_a_question_that_a_limit_holds_back_is_asked_later_and_not_taken_for_asked(days: Days) -> None:
    days.ends()
    full = Limits(a_number=6, a_day=1000, turns=40, minutes=10)
    days.asking = AskingAfter(days.versions, days.store, days.check_ins, Outbox(full))
    days.worker = Worker(days.store, days.hands | {"check_in": days.asking})
    days.passes(DAY - HOUR)
    for _ in range(6):
        days.says("thanks")
    days.passes(10 * HOUR)
    assert days.asked() == []
    assert days.states() == ["waiting", "waiting"]
    days.passes(16 * HOUR)
    assert [clock(at, NEW_YORK) for at in days.asked()] == ["Wed 12:00"]
