"""Messages that never reached us are handled all the same, once."""

import json

import pytest
from sqlalchemy import func, select

from store.tables import alerts, jobs, turns
from tests.twilio.conftest import EVERY, HOURS, LINE, PERSON, House
from tests.twilio.standin import StandIn

EMERGENCY = "I can't feel between my legs and I wet myself"


def _count(house: House, table: object) -> int:
    with house.store.database.transaction() as connection:
        return int(connection.execute(select(func.count()).select_from(table)).scalar_one())  # type: ignore[arg-type]


def test_a_lost_message_is_answered_once(house: House) -> None:
    row = house.twilio.text_in(PERSON, "my back hurts", LINE)
    house.now += 30
    house.reconcile()
    assert _count(house, turns) == 0  # its webhook may be under way
    house.now += 60
    for _ in range(3):
        house.reconcile()
    assert len(house.twilio.sent(PERSON)) >= 1
    assert _count(house, turns) == 1
    # A redelivery gets the same answer, as a webhook does.
    again = house.phone.text("my back hurts", MessageSid=row.sid).texts
    assert again == [one.body for one in house.twilio.sent(PERSON)]


def test_what_the_webhook_had_is_not_handled_again(house: House) -> None:
    row = house.twilio.text_in(PERSON, "my back hurts", LINE)
    house.phone.text("my back hurts", MessageSid=row.sid)
    house.now += 120
    house.reconcile()
    assert house.twilio.sent() == []
    assert _count(house, turns) == 1


def test_an_old_emergency_alerts_staff_without_an_answer(house: House) -> None:
    house.twilio.text_in(PERSON, EMERGENCY, LINE)
    house.now += HOURS + 60
    house.reconcile()
    assert house.twilio.sent() == []
    assert _count(house, alerts) == 1


def test_an_old_chat_is_only_kept(house: House) -> None:
    house.twilio.text_in(PERSON, "my back hurts", LINE)
    house.now += HOURS + 60
    house.reconcile()
    assert house.twilio.sent() == []
    assert (_count(house, turns), _count(house, alerts)) == (1, 0)


def test_an_old_word_does_not_answer_a_new_question(house: House) -> None:
    house.twilio.text_in(PERSON, "no", LINE)
    house.now += 60
    house.phone.text("my back hurts")
    before = house.store.session(PERSON, house.now)
    house.now += 60
    house.reconcile()
    after = house.store.session(PERSON, house.now)
    assert before is not None
    assert after is not None
    assert (after.step, after.answers, after.flags) == (before.step, before.answers, before.flags)
    assert house.twilio.sent() == []


def test_an_overtaken_emergency_is_an_emergency(house: House) -> None:
    house.twilio.text_in(PERSON, EMERGENCY, LINE)
    house.now += 60
    house.phone.text("my back hurts")
    house.now += 60
    house.reconcile()
    assert _count(house, alerts) == 1
    assert "911" in " ".join(one.body for one in house.twilio.sent(PERSON))


def test_a_late_stop_is_obeyed(house: House) -> None:
    house.phone.text("my back hurts")
    house.twilio.text_in(PERSON, "STOP", LINE)
    house.now += HOURS + 60
    house.reconcile()
    session = house.store.session(PERSON, house.now)
    assert session is not None
    assert session.opted_out


def test_it_remembers_how_far_it_came_and_outlives_twilio(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    house.reconcile()
    known = _since(house)
    assert known == house.now - 60
    twilio, house.now = house.twilio, house.now + EVERY
    twilio.stop()
    house.reconcile()
    assert "cannot be asked" in caplog.text
    assert _since(house) == known
    house.start(StandIn(lambda: house.now))
    house.twilio.rows = twilio.rows
    house.now += 30 * 24 * 3600
    house.reconcile()
    assert _since(house) == house.now - 60
    house.twilio.stop()


def test_a_clock_that_was_put_back_leaves_no_gap(house: House) -> None:
    house.now += 30 * 24 * 3600
    house.reconcile()
    house.now -= 30 * 24 * 3600
    house.twilio.text_in(PERSON, "my back hurts", LINE)
    house.now += EVERY
    house.reconcile()
    assert house.twilio.sent(PERSON) != []
    assert _since(house) == house.now - 60


def test_one_message_that_cannot_be_handled_does_not_hold_up_the_others(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    house.twilio.text_in("", "nobody", LINE)
    house.twilio.text_in(PERSON, "my back hurts", LINE)
    house.now += 120
    newest, house.versions.newest = house.versions.newest, None
    house.reconcile()
    assert "could not be handled" in caplog.text
    house.versions.newest = newest
    house.now += EVERY
    house.reconcile()
    assert house.twilio.sent(PERSON) != []


def _since(house: House) -> float:
    with house.store.database.transaction() as connection:
        kept = connection.execute(select(jobs.c.payload).where(jobs.c.key == "reconcile")).scalar_one()
    return float(json.loads(kept)["since"])
