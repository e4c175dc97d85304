"""Nobody is asked who no longer wants it, or for whom something newer counts."""

from sqlalchemy import select

from flows.levels import Level
from sms.carrier import SendError
from sms.message import Message
from store.tables import sessions
from tests.desk.days import DAY, HOUR, NEW_YORK, Days, clock


def test_stop_ends_all_of_it(days: Days) -> None:
    days.ends()
    days.says("stop")
    assert days.states() == ["cancelled", "cancelled"]
    days.passes(5 * DAY)
    assert days.asked() == []


def test_stop_in_answer_to_the_question_ends_the_rest(days: Days) -> None:
    days.ends()
    days.passes(DAY)
    days.says("STOP")
    assert days.states() == ["cancelled", "cancelled"]
    days.says("start")
    days.passes(5 * DAY)
    assert len(days.asked()) == 1


def test_a_stop_that_twilio_answered_ends_it_too(days: Days) -> None:
    days.ends()
    days.answering.take(Message("SM1", NEW_YORK, "STOP", 0, "STOP"), days.now)
    assert days.states() == ["cancelled", "cancelled"]


def test_who_stopped_before_the_number_was_given_is_not_asked(days: Days) -> None:
    days.ends()
    days.says("stop")
    with days.store.database.transaction() as connection:
        session = connection.execute(select(sessions.c.id)).scalar_one()
        days.check_ins.promise(connection, session=session, person=NEW_YORK, level=Level.MODIFY, now=days.now)
    days.passes(5 * DAY)
    assert days.asked() == []
    assert set(days.states()) == {"cancelled"}


def test_a_refusal_by_the_carrier_ends_it(days: Days) -> None:
    days.ends()
    days.wire.refusals = [SendError("Twilio's error 21610", again=False, code="21610")]
    days.passes(5 * DAY)
    assert days.asked() == []
    assert days.states() == ["cancelled", "cancelled"]


def test_a_new_advice_takes_the_place_of_the_old_one(days: Days) -> None:
    days.ends()
    days.passes(2 * HOUR)
    days.says("restart")
    days.ends("same")
    assert days.states() == ["cancelled"] * 2 + ["waiting"] * 2
    days.passes(6 * DAY)
    assert [clock(at, NEW_YORK) for at in days.asked()] == ["Tue 15:00", "Thu 15:00"]


def test_a_question_in_between_changes_nothing(days: Days) -> None:
    days.ends()
    days.passes(2 * HOUR)
    days.says("ice or heat?")
    days.passes(26 * HOUR)
    days.says("thanks")
    assert days.states() == ["asked", "waiting"]
