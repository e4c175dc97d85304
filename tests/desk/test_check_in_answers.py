"""What somebody answers who is asked days later: better, the same, worse, or nothing."""

import pytest
from sqlalchemy import select

from flows.levels import Level
from store.tables import alerts, sessions
from tests.desk.days import DAY, HOUR, MONDAY, Days


@pytest.mark.parametrize("rest", [0.0, 2 * HOUR])
def test_old_answers_do_not_count_whether_the_conversation_is_still_there_or_over(
    days: Days, rest: float
) -> None:
    days.ends()
    days.passes(rest)
    days.says("thanks")
    before = days.session()
    days.passes(DAY - rest)
    session = days.session()
    assert (session.step, session.flags, session.answers, session.level) == ("check_in", {}, {}, Level.INFO)
    assert before.flags
    with days.store.database.transaction() as connection:
        assert len(connection.execute(select(sessions.c.id)).all()) == 1
    days.says("worse")
    assert days.session().step == "screen_body"


def test_a_conversation_that_is_over_is_followed_by_another(days: Days) -> None:
    days.until(MONDAY + 9 * HOUR)
    days.ends()
    days.until(MONDAY + DAY + 19 * HOUR)
    assert len(days.asked()) == 1
    with days.store.database.transaction() as connection:
        assert len(connection.execute(select(sessions.c.id)).all()) == 2
    assert days.session().step == "check_in"


@pytest.mark.parametrize(
    ("text", "answer"), [("better", "better"), ("about the same", "same"), ("all gone", "gone")]
)
def test_better_or_the_same_is_taken_down_and_the_next_check_in_stays(
    days: Days, text: str, answer: str
) -> None:
    days.ends()
    days.passes(DAY)
    said = days.says(text)
    assert "not checked you again" in said
    assert "911" in said
    assert days.rows() == [(1, "answered", answer), (3, "waiting", None)]
    days.passes(2 * DAY)
    days.says(text)
    assert days.rows() == [(1, "answered", answer), (3, "answered", answer)]
    assert len(days.asked()) == 2
    days.passes(5 * DAY)
    assert days.states() == ["answered", "answered"]
    assert days.asked() == []


def test_worse_goes_straight_into_the_screening(days: Days) -> None:
    days.ends()
    days.passes(DAY)
    said = days.says("its worse")
    assert "check again" in said
    assert "Trouble peeing" in said
    assert days.rows()[0] == (1, "answered", "worse")
    for _ in range(4):
        days.says("none")
    assert days.session().level == Level.SEE_PROVIDER
    assert days.states() == ["answered", "cancelled"]


def test_a_flag_in_the_answer_is_an_alert_at_once(days: Days) -> None:
    days.ends()
    days.passes(DAY)
    assert days.says("better but i cant feel my groin").startswith("Stop. Call 911")
    assert days.rows() == [(1, "answered", "emergency"), (3, "cancelled", None)]
    with days.store.database.transaction() as connection:
        assert connection.execute(select(alerts.c.level)).scalars().all() == ["emergency"]


def test_an_urgent_answer_is_taken_down_before_its_screening_is_over(days: Days) -> None:
    days.ends()
    days.passes(DAY)
    days.says("my foot is numb now")
    assert days.rows()[0] == (1, "answered", "urgent")


def test_silence_is_taken_down_and_left_in_peace(days: Days) -> None:
    days.ends()
    days.passes(2 * DAY - HOUR)
    assert days.states() == ["asked", "waiting"]
    days.passes(2 * HOUR)
    assert days.states() == ["silent", "waiting"]
    days.passes(5 * DAY)
    assert days.states() == ["silent", "silent"]
    assert len(days.asked()) == 2
    assert days.wire.sent == []


def test_what_comes_after_a_day_is_a_conversation_of_its_own(days: Days) -> None:
    days.ends()
    days.passes(DAY)
    days.passes(DAY + HOUR)
    assert "Spotter here" in days.says("my back is stiff again")
    assert days.states() == ["silent", "waiting"]
