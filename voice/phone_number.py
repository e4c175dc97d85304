"""Telephone numbers as people say and type them: "oh seven nine, double one", "206-555-0123"."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import phonenumbers
from phonenumbers import PhoneNumberFormat, PhoneNumberType, ValidationResult

from flows import source
from voice.plain_words import plain_words

# Why a number cannot be texted: `wrong` when there is no such number, or no texts come to it.
Fault = Literal["short", "long", "wrong"]

_TEXTABLE = (
    PhoneNumberType.MOBILE,
    PhoneNumberType.FIXED_LINE_OR_MOBILE,
    PhoneNumberType.PERSONAL_NUMBER,
    PhoneNumberType.VOIP,
)
_FAULTS: Mapping[int, Fault] = {
    ValidationResult.TOO_SHORT: "short",
    ValidationResult.IS_POSSIBLE_LOCAL_ONLY: "short",
    ValidationResult.TOO_LONG: "long",
}


@dataclass(frozen=True)
class NumberWords:
    """The words of a language that telephone numbers are made of, in small letters without accents.

    ``digits`` have their figure; ``small`` the value from 10 on that one word has; ``tens`` and ``hundreds``
    what a smaller number may be added to; ``zeros`` how many zeros a word appends ("eight hundred");
    ``times`` how often the next digit is meant. ``around`` may be said beside a number.
    """

    digits: Mapping[str, str]
    small: Mapping[str, int]
    tens: Mapping[str, int]
    hundreds: Mapping[str, int]
    zeros: Mapping[str, str]
    times: Mapping[str, int]
    plus: frozenset[str]
    joined: frozenset[str]
    around: frozenset[str] = field(default=frozenset())

    @classmethod
    def of(cls, given: source.Mapping) -> "NumberWords":
        """The entry ``numbers`` of a kiosk's language: words by place, others for one after ``|``."""
        zeros = [(given["hundred"], "00"), (given["thousand"], "000")]
        return cls(
            digits={word: str(value) for word, value in _by_place(given["digits"], 0, 1)},
            small=dict(_by_place(given["small"], 10, 1)),
            tens=dict(_by_place(given["tens"], 20, 10)),
            hundreds=dict(_by_place(given["hundreds"], 100, 100)),
            zeros={word: added for words, added in zeros for word in plain_words(words)},
            times=dict(_by_place(given["times"], 2, 1)),
            plus=frozenset(plain_words(given["plus"])),
            joined=frozenset(plain_words(given["joined"])),
            around=frozenset(plain_words(given["around"])),
        )


def dialled(text: str, words: NumberWords) -> str:
    """The digits that ``text`` is made of, after a ``+`` where one was said.

    ``""`` when anything else was said, apart from the words that go around a number: what somebody with a
    hurting back says is never taken for digits.
    """
    said = plain_words(text)
    digits, place = "", 0
    while place < len(said):
        found, length = _next(said[place:], words)
        if not length:
            return ""
        digits += found
        place += length
    return digits if re.fullmatch(r"\+?\d+", digits) else ""


def number_of(digits: str, country: str) -> tuple[str, Fault | None]:
    """The number that ``digits`` dial in ``country``, as ``+12065550123``; or ``""`` and what is wrong."""
    try:
        number = phonenumbers.parse(digits, country)
    except phonenumbers.NumberParseException as error:
        short = error.error_type in (error.TOO_SHORT_AFTER_IDD, error.TOO_SHORT_NSN, error.NOT_A_NUMBER)
        return "", "short" if short else "long" if error.error_type == error.TOO_LONG else "wrong"
    fault = _FAULTS.get(phonenumbers.is_possible_number_with_reason(number))
    valid = fault is None and phonenumbers.is_valid_number(number)
    if not valid or phonenumbers.number_type(number) not in _TEXTABLE:
        return "", fault or "wrong"
    return phonenumbers.format_number(number, PhoneNumberFormat.E164), None


def in_groups(number: str, country: str) -> str:
    """``+12065550123`` as people in ``country`` write it, in groups of digits: ``206 555 0123``.

    What is no number stays as it is.
    """
    try:
        parsed = phonenumbers.parse(number, None)
    except phonenumbers.NumberParseException:
        return number
    home = phonenumbers.region_code_for_number(parsed) == country
    form = PhoneNumberFormat.NATIONAL if home else PhoneNumberFormat.INTERNATIONAL
    groups = " ".join(re.findall(r"\d+", phonenumbers.format_number(parsed, form)))
    return groups if home else f"+{groups}"


def _next(said: list[str], words: NumberWords) -> tuple[str, int]:
    """The digits that ``said`` begins with, and how many words they took: none, when it is something else."""
    first, rest = said[0], said[1:]
    if first.isdecimal():
        return first, 1
    if first in words.digits:
        return words.digits[first], 1
    if first in words.times and rest:
        found, length = _next(rest, words)
        return found * words.times[first], length + 1 if len(found) == 1 else 0
    for sums in (words.hundreds, words.tens):
        if first in sums:
            below, length = _below(rest, sums is words.hundreds, words)
            return str(sums[first] + below), length + 1
    if first in words.small:
        return str(words.small[first]), 1
    if first in words.zeros:
        return words.zeros[first], 1
    if first in words.plus or first == "+":
        return "+", 1
    return "", int(first in words.around or first in words.joined)


def _below(said: list[str], hundred: bool, words: NumberWords) -> tuple[int, int]:
    """The smaller number that ``said`` begins with, to be added to a ten or a ``hundred``; 0 when none is."""
    skipped = 1 if said and said[0] in words.joined else 0
    rest = said[skipped:]
    if not rest:
        return 0, 0
    if hundred and rest[0] in words.tens:
        below, length = _below(rest[1:], False, words)
        return words.tens[rest[0]] + below, skipped + 1 + length
    if hundred and rest[0] in words.small:
        return words.small[rest[0]], skipped + 1
    digit = words.digits.get(rest[0], "0")
    return (int(digit), skipped + 1) if digit != "0" else (0, 0)


def _by_place(text: str, first: int, step: int) -> list[tuple[str, int]]:
    names = [
        (one, first + place * step) for place, group in enumerate(text.split()) for one in group.split("|")
    ]
    return [(word, value) for name, value in names for word in plain_words(name)]
