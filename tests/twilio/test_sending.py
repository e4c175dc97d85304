"""What is in the outbox is sent once, whatever Twilio and the network do; a page rather twice than never."""

import pytest
from sqlalchemy import Connection, update

from sms.twilio_rest import Twilio
from store.jobs import ATTEMPTS
from store.refusals import refused
from store.tables import sends
from tests.twilio.conftest import PERSON, SAM, House
from tests.twilio.standin import BROKEN, TOO_LONG, TOO_MANY, Fault, Pointed


def test_a_text_goes_out_once_and_only_after_it_is_kept(house: House) -> None:
    assert house.put()
    assert house.twilio.sent() == []
    assert house.put()
    house.work()
    [row] = house.twilio.sent()
    assert (row.to, row.body) == (PERSON, "How is it now, k?")
    assert "ValidityPeriod" not in row.posted
    assert (house.row().state, house.row().sid, house.row().attempts) == ("sent", row.sid, 1)


def test_what_is_undone_is_never_sent(house: House) -> None:
    def put(connection: Connection) -> None:
        house.outbox.put(connection, key="k", kind="check_in", to=PERSON, body="a", now=house.now)
        raise ValueError("undone")

    with pytest.raises(ValueError, match="undone"):
        house.store.database.keep(PERSON, put)
    house.work(600)
    assert house.twilio.sent() == []


def test_a_long_text_goes_out_in_parts(house: House) -> None:
    house.put(body="Walk gently. " * 200)
    house.work(60)
    assert [len(one.body) for one in house.twilio.sent()] == [1598, 1000]


def test_a_page_is_void_after_five_minutes_and_wakes_its_ladder_when_it_left(house: House) -> None:
    house.page()
    house.work()
    [row] = house.twilio.sent(SAM)
    assert row.posted["ValidityPeriod"] == "300"
    assert house.woken() == [f"send {house.row('page').id} sent"]


def test_a_call_says_what_it_was_told(house: House) -> None:
    house.page(channel="call", body="<Response><Say>Help is needed.</Say></Response>")
    house.work()
    [row] = house.twilio.sent(SAM)
    assert row.kind == "Calls"
    assert row.posted["Twiml"].startswith("<Response>")
    house.news(row, "no-answer")
    assert house.row("page").state == "undelivered"


@pytest.mark.parametrize("fault", [TOO_MANY, BROKEN, "refused"])
def test_trouble_is_retried_with_growing_pauses(house: House, fault: Fault) -> None:
    house.twilio.faults = [fault] * 3
    house.put()
    house.work()
    assert house.twilio.sent() == []
    house.work(600)
    [row] = house.twilio.sent()
    assert (house.row().state, house.row().sid, house.row().attempts) == ("sent", row.sid, 4)


def test_trouble_without_end_is_given_up_and_the_ladder_told(house: House) -> None:
    house.twilio.faults = [TOO_MANY] * 50
    house.page()
    house.work(6 * 3600)
    assert (house.row("page").state, house.row("page").error) == ("failed", "20429")
    assert len(house.twilio.faults) == 50 - ATTEMPTS
    assert house.woken() == [f"send {house.row('page').id} failed"]


def test_a_refusal_is_final_and_the_ladder_goes_on_at_once(house: House) -> None:
    house.twilio.faults = [TOO_LONG]
    house.page()
    house.work(3600)
    assert house.twilio.sent() == []
    assert (house.row("page").state, house.row("page").error) == ("failed", "21617")
    assert house.woken() == [f"send {house.row('page').id} failed"]


def test_who_opted_out_at_twilio_is_noted_and_not_texted_again(house: House) -> None:
    house.twilio.opted_out = {PERSON}
    house.put("first")
    house.work()
    assert house.row("first").error == "21610"
    with house.store.database.transaction() as connection:
        assert refused(connection, PERSON)
    house.twilio.opted_out = set()
    house.put("second")
    house.work()
    assert (house.row("second").state, house.row("second").error) == ("failed", "opted out")
    house.phone.text("start")
    house.put("third")
    house.work()
    assert [one.body for one in house.twilio.sent()] == ["How is it now, third?"]


@pytest.mark.parametrize("kind", ["check_in", "page"])
@pytest.mark.parametrize("fault", ["lost", "late"])
def test_what_was_accepted_is_found_and_not_sent_again(house: House, kind: str, fault: Fault) -> None:
    house.twilio.faults = [fault]
    (house.page if kind == "page" else house.put)("k")
    house.work()
    assert house.row().state == "unknown"
    house.work(600)
    [row] = house.twilio.sent()
    assert (house.row().state, house.row().sid) == ("sent", row.sid)


def test_the_same_words_of_before_are_no_proof(house: House) -> None:
    house.page("one", body="Emergency")
    house.work()
    house.twilio.faults = [BROKEN]
    house.page("two", body="Emergency")
    house.work(60)
    assert [one.sid for one in house.twilio.sent()] == [house.row("one").sid, house.row("two").sid]


def test_the_call_of_another_page_is_no_proof(house: House) -> None:
    """Calls have no words in Twilio's list: whoever takes another's for its own is never made."""
    house.twilio.faults = ["refused", "lost"]
    for key in ("never made", "made"):
        house.page(key, channel="call", body=f"<Response><Say>{key}</Say></Response>")
    house.work(600)
    said = {one.posted["Twiml"] for one in house.twilio.sent(SAM)}
    assert said == {f"<Response><Say>{key}</Say></Response>" for key in ("never made", "made")}
    assert house.row("never made").sid != house.row("made").sid


@pytest.mark.parametrize(("kind", "seconds"), [("page", 0), ("check_in", 60)])
def test_after_a_crash_it_is_looked_for_and_then_sent(house: House, kind: str, seconds: int) -> None:
    """The process ended between "sending" and the request."""
    (house.page if kind == "page" else house.put)("k")
    with house.store.database.transaction() as connection:
        begun = {"state": "sending", "attempts": 1, "sent_at": house.now, "updated_at": house.now}
        connection.execute(update(sends).values(**begun))
    house.work(seconds)
    assert len(house.twilio.sent()) == 1
    assert house.row().state == "sent"


def test_a_page_goes_out_although_the_list_cannot_be_had(house: House) -> None:
    house.twilio.faults = ["refused"]
    house.page()
    house.work()
    house.carrier.outgoing = None  # type: ignore[method-assign, assignment]
    house.twilio.faults = []
    lists = Twilio(house.settings, Pointed("http://127.0.0.1:1", timeout=0.3))
    house.carrier.outgoing = lists.outgoing  # type: ignore[method-assign]
    house.work(20)
    assert len(house.twilio.sent(SAM)) == 1


def test_nobody_is_paged_about_what_somebody_has_taken(house: House) -> None:
    house.page()
    house.alert("acknowledged")
    house.work(60)
    assert house.twilio.sent() == []
    assert (house.row("page").state, house.row("page").error) == ("unneeded", "no longer needed")


def test_after_stop_nothing_that_waits_is_sent(house: House) -> None:
    house.phone.text("my back hurts")
    house.put()
    house.phone.text("stop")
    house.work(60)
    assert house.twilio.sent() == []
    assert house.row().error == "opted out"
