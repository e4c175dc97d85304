"""The offer to text a visitor the advice: where it stands, and the one pure step from what was said."""

from dataclasses import dataclass
from typing import Literal

from voice.phone_number import number_of

# What somebody means who is asked for their number. Silence and what is not understood are never a yes.
Meant = Literal["number", "helpline", "yes", "no", "cancel", "repeat", "silence", "unclear"]
# Whether a number may be texted; `limited` when it got too many texts today.
Standing = Literal["free", "opted_out", "limited"]

# After so many hearings in a row without a number, typing is asked for.
_TYPE_AFTER = 2
# After so many, nobody is asked any more: for the number, and for a yes to it.
_MOST_MISSES = 6
_MOST_UNCONFIRMED = 2


@dataclass(frozen=True)
class Offer:
    """An open offer. ``number`` (``+1…``) waits for a yes; without one it is being asked for.

    ``misses`` counts what was not understood in a row.
    """

    number: str = ""
    misses: int = 0


@dataclass(frozen=True)
class Outcome:
    """What is said (``say`` is the key of the words), and where the offer stands then: ``None``, it is over.

    ``about`` is the number that the words speak of. ``draft`` are digits to be put right by typing.
    ``given`` is the number that the visitor said yes to and that is to be texted.
    """

    offer: Offer | None
    say: str
    about: str = ""
    draft: str = ""
    given: str = ""


def step(
    offer: Offer, meant: Meant, digits: str, *, typed: bool, country: str, standing: Standing = "free"
) -> Outcome:
    """What follows from what was said. ``digits`` go with a number; ``standing`` is that of the open one."""
    if meant == "cancel":
        return Outcome(None, "cancelled")
    if meant == "helpline":
        return Outcome(offer, "call_now", about=digits)
    if meant == "number":
        return _number(offer, digits, typed, country)
    return _confirming(offer, meant, standing) if offer.number else _asking(offer, meant)


def _number(offer: Offer, digits: str, typed: bool, country: str) -> Outcome:
    number, fault = number_of(digits, country)
    if fault is None:
        return Outcome(Offer(number), "check_typed" if typed else "check", about=number)
    misses = offer.misses + 1
    if misses >= _MOST_MISSES:
        return Outcome(None, "cancelled")
    say = "type_it" if misses >= _TYPE_AFTER and not typed else fault
    return Outcome(Offer(misses=misses), say, about=digits, draft=digits)


def _asking(offer: Offer, meant: Meant) -> Outcome:
    if meant == "no":
        return Outcome(None, "cancelled")
    if meant == "repeat":
        return Outcome(offer, "ask")
    misses = offer.misses + 1
    if misses >= _MOST_MISSES:
        return Outcome(None, "cancelled")
    return Outcome(Offer(misses=misses), "type_it" if misses >= _TYPE_AFTER else "unheard")


def _confirming(offer: Offer, meant: Meant, standing: Standing) -> Outcome:
    number = offer.number
    if meant == "yes":
        if standing == "free":
            return Outcome(None, "sent", about=number, given=number)
        return Outcome(None, standing, about=number)
    if meant == "no":
        return Outcome(Offer(), "correct", draft=number)
    misses = offer.misses + (meant != "repeat")
    if misses >= _MOST_UNCONFIRMED:
        return Outcome(None, "unconfirmed")
    return Outcome(Offer(number, misses), "check_again", about=number)
