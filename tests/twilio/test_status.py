"""Status callbacks move a send forward only, whatever order they come in."""

import itertools

import pytest

from store.refusals import refused
from tests.conftest import Outage
from tests.twilio.conftest import PERSON, PUBLIC_URL, SAM, House


def test_in_any_order_a_delivered_text_is_delivered(house: House) -> None:
    for order in set(itertools.permutations(["queued", "sent", "sent", "delivered"])):
        key = " ".join(order)
        house.put(key)
        house.work()
        for status in order:
            assert house.news(house.twilio.sent()[-1], status) == 204
        assert house.row(key).state == "delivered"


@pytest.mark.parametrize("status", ["failed", "undelivered"])
def test_a_page_that_did_not_arrive_wakes_its_ladder_once(house: House, status: str) -> None:
    house.page()
    house.work()
    [row] = house.twilio.sent(SAM)
    for one in (status, "sent", status):
        house.news(row, one, 30003)
    assert (house.row("page").state, house.row("page").error) == (status, "30003")
    number = house.row("page").id
    assert house.woken() == [f"send {number} sent", f"send {number} {status}"]


def test_news_that_come_before_the_answer_settle_what_is_unknown(house: House) -> None:
    house.twilio.faults = ["lost"]
    house.put()
    house.work()
    [row] = house.twilio.sent()
    house.news(row, "delivered")
    assert (house.row().state, house.row().sid) == ("delivered", row.sid)
    house.work(600)
    assert len(house.twilio.sent()) == 1


def test_an_opt_out_may_be_told_late(house: House) -> None:
    house.put()
    house.work()
    house.news(house.twilio.sent()[0], "undelivered", 21610)
    with house.store.database.transaction() as connection:
        assert refused(connection, PERSON)


def test_news_must_be_signed(house: House) -> None:
    house.put()
    house.work()
    url, fields, _ = house.twilio.news(house.twilio.sent()[0], "failed")
    forged = house.client.post(
        url.removeprefix(PUBLIC_URL), data=fields, headers={"X-Twilio-Signature": "forged"}
    )
    assert forged.status_code == 403
    assert house.row().state == "sent"


def test_news_of_what_is_not_ours_change_nothing(house: House) -> None:
    house.put()
    house.work()
    [row] = house.twilio.sent()
    row.posted["StatusCallback"] = f"{PUBLIC_URL}/sms/status?send=99999"
    row.sid = "SM" + "f" * 32
    assert house.news(row, "failed") == 204
    row.posted["StatusCallback"] = f"{PUBLIC_URL}/sms/status"
    assert house.news(row, "failed") == 204
    assert house.row().state == "sent"


def test_without_a_database_news_are_asked_for_later(
    house: House, outage: Outage, caplog: pytest.LogCaptureFixture
) -> None:
    house.put()
    house.work()
    [row] = house.twilio.sent()
    with outage():
        assert house.news(row, "undelivered", 30003) == 503
    assert "could not be kept" in caplog.text
    house.now += 900
    house.reconcile()
    assert (house.row().state, house.row().error) == ("undelivered", "30003")
