"""Loops and bills have an end, but no page and no emergency does."""

import pytest

from tests.twilio.conftest import PERSON, SAM, House

EMERGENCY = "I can't feel between my legs and I wet myself"


def test_a_number_is_not_texted_without_end(house: House, caplog: pytest.LogCaptureFixture) -> None:
    house.start(house.twilio, a_number=3)
    assert [house.put(str(number)) for number in range(5)] == [True, True, True, False, False]
    house.work(60)
    assert len(house.twilio.sent()) == 3
    assert (house.row("4").state, house.row("4").error) == ("failed", "limited")
    assert "a number's limit was reached" in caplog.text
    assert PERSON not in caplog.text
    house.now += 25 * 3600
    assert house.put("tomorrow")


def test_a_day_has_a_limit_for_all(house: House) -> None:
    house.start(house.twilio, a_day=3)
    put = [house.put(str(number), to=f"+1202555012{number}") for number in range(5)]
    assert put == [True, True, True, False, False]
    assert house.phone.text("my back hurts").texts != []


def test_answers_count_towards_both_limits(house: House) -> None:
    house.start(house.twilio, a_number=3)
    for _ in range(3):
        house.phone.text("my back hurts")
    assert not house.put("mine")
    house.start(house.twilio, a_day=3)
    assert not house.put("another's", to="+12025550124")


def test_a_page_is_never_limited_away(house: House) -> None:
    house.start(house.twilio, a_number=1, a_day=1)
    for number in range(4):
        assert house.page(f"page {number}")
        house.work()
    assert len(house.twilio.sent(SAM)) == 4


def test_above_the_limit_a_waiting_page_takes_the_newer_words(house: House) -> None:
    house.start(house.twilio, a_number=1)
    assert house.page("one", body="Urgent")
    assert house.page("two", body="Emergency")
    house.work()
    assert [one.body for one in house.twilio.sent(SAM)] == ["Emergency"]
    assert house.row("two").state == "sent"


def test_what_the_person_is_told_of_an_alert_is_never_limited_away(house: House) -> None:
    house.start(house.twilio, a_number=1)
    assert [house.put(str(one), alert=house.alert()) for one in range(3)] == [True] * 3
    house.work()
    assert len(house.twilio.sent(PERSON)) == 3


def test_a_robot_gets_one_last_text_and_then_silence(house: House) -> None:
    house.start(house.twilio, turns=5)
    answers = [house.phone.text(f"Thanks for texting us, {one}").texts for one in range(9)]
    assert all(answers[:5])
    [last] = answers[5]
    assert "911" in last
    assert answers[6:] == [[], [], []]


def test_an_emergency_of_a_robot_is_answered_all_the_same(house: House) -> None:
    house.start(house.twilio, turns=2)
    for one in range(6):
        house.phone.text(f"Thanks for texting us, {one}")
    for _ in range(2):
        assert "911" in house.phone.text(EMERGENCY).text


def test_who_was_quiet_for_a_while_is_answered_again(house: House) -> None:
    house.start(house.twilio, turns=3)
    for _ in range(6):
        house.phone.text("hello")
    house.now += 601
    assert house.phone.text("my back hurts").texts != []


def test_a_number_that_texts_all_day_is_cut_off_too(house: House) -> None:
    house.start(house.twilio, a_number=4)
    answers = []
    for _ in range(6):
        answers.append(bool(house.phone.text("hello").texts))
        house.now += 1200
    assert answers == [True] * 5 + [False]
