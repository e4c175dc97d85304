"""Days later somebody is asked how it is: in the day, once, and in their language."""

import pytest
from sqlalchemy import select

from flows.levels import Level
from flows.session import Session
from flows.turn import End, Turn
from store.tables import sessions
from tests.desk.days import DAY, HOUR, LOS_ANGELES, MONDAY, NEW_YORK, NOWHERE, PREGUNTA, QUESTION, Days, clock


@pytest.mark.parametrize("after", ["better", "same"])
def test_after_one_day_and_after_three_comes_one_text_each(days: Days, after: str) -> None:
    days.ends(after)
    days.passes(23 * HOUR)
    assert days.asked() == []
    days.passes(9 * DAY)
    assert [clock(at, NEW_YORK) for at in days.asked()] == ["Tue 13:00", "Thu 13:00"]


def test_nobody_is_asked_in_the_night(days: Days) -> None:
    days.until(MONDAY + 9 * HOUR)
    days.ends()
    days.ends(person=LOS_ANGELES)
    days.passes(DAY)
    assert [clock(at, LOS_ANGELES) for at in days.asked()] == ["Tue 19:00"]
    days.passes(DAY / 2)
    assert [clock(at, NEW_YORK) for at in days.asked()] == ["Wed 08:00"]


def test_the_zone_of_a_number_that_tells_none_is_that_of_its_gym(days: Days) -> None:
    days.until(MONDAY + 9 * HOUR)
    days.ends(person=NOWHERE)
    days.passes(2 * DAY)
    assert [clock(at, NEW_YORK) for at in days.asked()] == ["Wed 08:00"]


@pytest.mark.parametrize("person", [NEW_YORK, f"whatsapp:{NEW_YORK}"])
def test_the_question_is_sent_to_where_the_person_texted_from(days: Days, person: str) -> None:
    days.ends(person=person)
    days.passes(DAY)
    assert [to for _, to, body in days.wire.sent if QUESTION in body] == [person]


def test_the_question_comes_in_the_language_of_the_conversation(days: Days) -> None:
    for text in ("me duele la espalda, la tengo rigida", "ninguno", "ninguno", "2", "sordo", "mejor"):
        days.says(text)
    assert days.session().step == "modify"
    days.passes(3 * DAY + HOUR)
    assert sum(PREGUNTA in body for _, _, body in days.wire.sent) == 2


@pytest.mark.parametrize(
    "texts",
    [
        ["i cant pee and my back hurts"],
        ["my back hurts and my foot is numb", "no", "no", "no", "no", "no"],
        ["just asking"],
        ["ice or heat?"],
        ["my lower back is stiff", "none"],
    ],
)
def test_other_ends_and_none_bring_no_check_in(days: Days, texts: list[str]) -> None:
    for text in texts:
        days.says(text)
    assert days.rows() == []


def test_at_a_kiosk_nothing_is_put_down_unless_a_number_is_given(days: Days) -> None:
    line = days.versions.newest
    assert line is not None

    def decide(_: Session | None) -> Turn:
        return Turn(line.open("voice", "US", "es"), (), (End(Level.MODIFY),))

    days.store.take_turn("kiosk:1", None, days.now, decide, place=("", "racks"))
    with days.store.database.transaction() as connection:
        session = connection.execute(select(sessions.c.id)).scalar_one()
    assert days.rows() == []
    with days.store.database.transaction() as connection:
        days.check_ins.promise(connection, session=session, person=NEW_YORK, level=Level.MODIFY, now=days.now)
    days.passes(DAY)
    assert len(days.asked()) == 1
    assert (days.session().language, days.session().channel) == ("es", "sms")
    with days.store.database.transaction() as connection:
        rows = connection.execute(select(sessions.c.person, sessions.c.site).order_by(sessions.c.id)).all()
    assert [tuple(row) for row in rows] == [("kiosk:1", ""), (NEW_YORK, "harbour")]
