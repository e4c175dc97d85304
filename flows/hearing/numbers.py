"""Numbers in figures and words, and how long something has lasted."""

import re
from collections.abc import Mapping
from typing import NamedTuple

from flows.hearing.grammar import Grammar
from flows.hearing.phrases import PhraseIndex
from flows.hearing.tokens import Token

_FIGURES = re.compile(r"(\d+)(?:(\D)(\d+))?")
_HALF = 0.5


class Number(NamedTuple):
    """A number said at tokens ``start`` to ``end`` (half open)."""

    value: float
    start: int
    end: int


def numbers_in(text: str, tokens: list[Token], words: Mapping[str, float], grammar: Grammar) -> list[Number]:
    """All numbers, in order; "six point five" and "6.5" alike. Words are those of ``words``."""
    found: list[Number] = []
    for at, token in enumerate(tokens):
        if token.word.isdigit():
            before = text[max(0, token.start - 2) : token.start]
            if before[:1].isdigit() and before[-1:] in grammar.decimal_signs:
                continue  # the 5 of "6.5"
            value = float(token.word)
            written = _FIGURES.match(text, token.start)
            if written:
                whole, sign, rest = written.groups()
                value = float(f"{whole}.{rest}" if sign and sign in grammar.decimal_signs else whole)
            if text[: token.start].strip() == "-":
                value = -value
            found.append(Number(value, at, at + 1))
        elif token.word in words:
            value = words[token.word]
            if (
                found
                and found[-1].end == at
                and tokens[at - 1].word in words
                and 20 <= found[-1].value < 100 > value
            ):
                found[-1] = Number(found[-1].value + value, found[-1].start, at + 1)
            else:
                found.append(Number(value, at, at + 1))
    return found


def score_in(
    numbers: list[Number],
    tokens: list[Token],
    lowest: int,
    highest: int,
    units: Mapping[str, float],
    grammar: Grammar,
) -> Number | None:
    """The one answer on a scale from ``lowest`` to ``highest``, rounded up; ``None`` when unclear.

    "8/10" is 8, "a 6 or 7" is the worse one, "5 sets" and "2 days" are no answer.
    """
    scores: list[Number] = []
    for number in numbers:
        before = tokens[number.start - 1].word if number.start else ""
        after = tokens[number.end].word if number.end < len(tokens) else ""
        if number.value == highest and before in grammar.out_of and scores:
            continue  # the "of 10" in "7 out of 10"; "/" is read as "or"
        if after in units or after in grammar.counted:
            continue
        linked = scores and number.start - scores[-1].end <= 2 and all(
            token.word in grammar.number_links for token in tokens[scores[-1].end : number.start]
        )  # fmt: skip
        if linked and lowest <= number.value <= highest:
            if number.value > scores[-1].value:
                scores[-1] = Number(number.value, scores[-1].start, number.end)
            continue
        scores.append(number)
    values = {-int(-score.value // 1) for score in scores}
    if len(values) != 1:
        return None
    value = values.pop()
    if not lowest <= value <= highest:
        return None
    return Number(float(value), scores[0].start, scores[0].end)


def duration_in(
    numbers: list[Number],
    tokens: list[Token],
    units: Mapping[str, float],
    moments: PhraseIndex,
    grammar: Grammar,
) -> Number | None:
    """How many hours ago it began or how long it has lasted, from the first such words."""
    found: list[Number] = []
    for at, token in enumerate(tokens):
        hours = units.get(token.word)
        if hours is None:
            continue
        half = any(other.word in grammar.half_words for other in tokens[max(0, at - 3) : at + 4])
        number = next((one for one in numbers if 0 <= at - one.end <= (3 if half else 2)), None)
        if number:
            found.append(Number(number.value * hours + (_HALF * hours if half else 0), number.start, at + 1))
        elif half:
            found.append(Number(_HALF * hours, max(0, at - 2), at + 1))
        elif at and tokens[at - 1].word in grammar.one_unit:
            found.append(Number(hours, at - 1, at + 1))
        elif token.word.endswith(grammar.plural_endings) and at and tokens[at - 1].word in grammar.some_units:
            found.append(Number(3 * hours, at - 1, at + 1))
    found += [Number(float(hit.concept), hit.start, hit.end) for hit in moments.find(tokens)]
    return min(found, key=lambda one: one.start) if found else None
