"""Where the offer stands, turn by turn: a number is given by a yes to it, and by nothing else."""

from typing import get_args

import pytest

from voice.language import kiosk_language
from voice.offer import Meant, Offer, Outcome, Standing, step

NUMBER = "+12065550123"
OPEN = Offer(NUMBER)


def after(
    offer: Offer, meant: Meant, digits: str = "", *, typed: bool = False, standing: Standing = "free"
) -> Outcome:
    return step(offer, meant, digits, typed=typed, country="US", standing=standing)


def test_a_number_is_read_back_before_anything_else() -> None:
    assert after(Offer(), "number", "2065550123") == Outcome(OPEN, "check", about=NUMBER)
    assert after(Offer(), "number", "2065550123", typed=True) == Outcome(OPEN, "check_typed", about=NUMBER)


def test_a_yes_gives_it() -> None:
    assert after(OPEN, "yes") == Outcome(None, "sent", about=NUMBER, given=NUMBER)


@pytest.mark.parametrize("offer", [Offer(), Offer(misses=3), OPEN, Offer(NUMBER, 1)])
@pytest.mark.parametrize("meant", get_args(Meant))
@pytest.mark.parametrize("standing", get_args(Standing))
def test_nothing_but_a_yes_to_a_free_number_gives_it(offer: Offer, meant: Meant, standing: Standing) -> None:
    given = after(offer, meant, "2065550124", standing=standing).given
    assert bool(given) == (meant == "yes" and bool(offer.number) and standing == "free")


def test_no_asks_again_with_the_digits_to_put_right() -> None:
    assert after(OPEN, "no") == Outcome(Offer(), "correct", draft=NUMBER)


def test_another_number_takes_its_place_and_is_read_back() -> None:
    assert after(OPEN, "number", "2065550124").offer == Offer("+12065550124")


def test_silence_and_what_is_not_understood_end_without_a_text() -> None:
    first = after(OPEN, "silence")
    assert first.say == "check_again"
    assert first.offer
    assert after(first.offer, "unclear") == Outcome(None, "unconfirmed")


def test_after_two_failed_hearings_typing_is_asked_for() -> None:
    first = after(Offer(), "unclear")
    assert (first.say, first.offer) == ("unheard", Offer(misses=1))
    assert after(Offer(misses=1), "silence").say == "type_it"


def test_a_number_that_is_misheard_twice_is_typed() -> None:
    assert after(Offer(misses=1), "number", "20655501").say == "type_it"
    assert after(Offer(misses=1), "number", "20655501", typed=True).say == "short"


def test_nobody_is_asked_for_ever() -> None:
    offer: Offer | None = Offer()
    says = []
    while offer:
        outcome = after(offer, "unclear")
        says.append(outcome.say)
        offer = outcome.offer
    assert says == ["unheard", "type_it", "type_it", "type_it", "type_it", "cancelled"]
    assert after(Offer(misses=5), "number", "5") == Outcome(None, "cancelled")


def test_what_is_wrong_with_a_number_is_named_and_can_be_put_right() -> None:
    assert after(Offer(), "number", "911") == Outcome(Offer(misses=1), "short", about="911", draft="911")


@pytest.mark.parametrize("standing", ["opted_out", "limited"])
def test_a_number_that_may_not_be_texted_is_told_so(standing: Standing) -> None:
    assert after(OPEN, "yes", standing=standing) == Outcome(None, standing, about=NUMBER)


@pytest.mark.parametrize("offer", [Offer(), OPEN])
def test_it_can_be_cancelled_and_repeated_at_any_time(offer: Offer) -> None:
    assert after(offer, "cancel") == Outcome(None, "cancelled")
    assert after(offer, "repeat").offer == offer


def test_no_to_the_question_for_a_number_ends_it() -> None:
    assert after(Offer(), "no") == Outcome(None, "cancelled")


@pytest.mark.parametrize("language", ["en", "es"])
def test_there_are_words_for_everything_that_is_said(language: str) -> None:
    words = kiosk_language(language).offer
    said = {"ask", "already", "short", "long", "wrong"}
    for offer in (Offer(), Offer(misses=1), Offer(misses=5), OPEN, Offer(NUMBER, 1)):
        for meant in get_args(Meant):
            for typed in (True, False):
                said |= {
                    after(offer, meant, "2065550123", typed=typed, standing=one).say
                    for one in get_args(Standing)
                }
    assert said == set(words.say)
    for text in words.say.values():
        text.format(number="206 555 0123", ending="23")
