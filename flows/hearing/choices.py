"""Answers that pick from what was offered: one option of a set, or items of a numbered list."""

from collections.abc import Mapping, Sequence

from flows.heard import Mention
from flows.hearing.numbers import Number
from flows.hearing.phrases import Hit, PhraseIndex
from flows.hearing.tokens import Token

_NOT_WORDS = frozenset({"no", "not", "except", "without", "nope"})
_ORDINAL_TAILS = ("st", "nd", "rd", "th")
_ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7}
_LETTERS = "abcdefgh"


def choice_in(
    tokens: list[Token],
    numbers: Sequence[Number],
    choices: PhraseIndex,
    answers: str,
    options: tuple[str, ...],
    *,
    by_place: bool,
) -> tuple[str, int, int] | None:
    """The one option meant, and its tokens; ``None`` when there is none or several disagree.

    Its own phrases count first; then, where the options were shown (``by_place``), its place in the list
    ("2", "the second", "b", "last").
    """
    wanted = {f"{answers}.{one}" for one in options}
    hits = [
        hit for hit in choices.find(tokens) if hit.concept in wanted and not _is_pronoun(tokens, hit.start)
    ]
    found = [(hit.concept.partition(".")[2], hit.start, hit.end) for hit in hits]
    if not found and by_place:
        places = places_in(tokens, numbers, len(options))
        if len(tokens) <= 2 and tokens and tokens[-1].word in _LETTERS[: len(options)]:
            places.append((_LETTERS.index(tokens[-1].word), len(tokens) - 1))
        if tokens and any(token.word == "last" for token in tokens):
            at = next(at for at, token in enumerate(tokens) if token.word == "last")
            places.append((len(options) - 1, at))
        found = [(options[place], at, at + 1) for place, at in places]
    if len({one for one, _, _ in found}) != 1:
        return None
    return found[0]


def places_in(tokens: list[Token], numbers: Sequence[Number], count: int) -> list[tuple[int, int]]:
    """Zero-based places in a list of ``count`` that are named by number, and at which token."""
    places = [
        (int(one.value) - 1, one.start)
        for one in numbers
        if one.value.is_integer() and 1 <= one.value <= count and not _is_pronoun(tokens, one.start)
    ]
    for at, token in enumerate(tokens):
        number = _ORDINALS.get(token.word)
        if token.word[:1].isdigit() and token.word.endswith(_ORDINAL_TAILS) and token.word[:-2].isdigit():
            number = int(token.word[:-2])
        if number and number <= count:
            places.append((number - 1, at))
    return sorted(places, key=lambda place: place[1])


def _is_pronoun(tokens: list[Token], at: int) -> bool:
    """Whether token ``at`` is a "one" that is no number: "the second one"."""
    before = tokens[at - 1].word if at else ""
    return tokens[at].word == "one" and (before in _ORDINALS or before in ("last", "that", "this"))


def ticked_in(
    tokens: list[Token],
    numbers: Sequence[Number],
    replies: Mapping[str, list[Hit]],
    mentions: tuple[Mention, ...],
    items: tuple[tuple[str, ...], ...],
) -> tuple[int, ...] | None:
    """The items of a numbered list that the person has; ``()`` is none of them, ``None`` no answer.

    "2 and 4", "2 & 4 but not 1", "1 no 2 yes", "all", "none", or the symptom in words. A symptom in words
    outweighs a "none".
    """
    has = {m.flag for m in mentions if m.polarity == "present"}
    unsure = {m.flag for m in mentions if m.polarity == "unsure"}
    ticked = {place for place, flags in enumerate(items) if has.intersection(flags)}
    doubtful = any(unsure.intersection(flags) for flags in items)
    places = places_in(tokens, numbers, len(items))
    if places:
        yes, no = _told_apart(tokens, places)
        return tuple(sorted((yes | ticked) - (no - ticked)))
    if ticked:
        return tuple(sorted(ticked))
    if doubtful or replies.get("unsure"):
        return None
    if replies.get("all_items"):
        return tuple(range(len(items)))
    if (replies.get("no") or replies.get("no_items") or replies.get("all_well")) and not replies.get("yes"):
        return ()
    asked = {flag for flags in items for flag in flags}
    denied = {m.flag for m in mentions if m.polarity == "denied"}
    return () if asked and asked <= denied else None


def _told_apart(tokens: list[Token], places: list[tuple[int, int]]) -> tuple[set[int], set[int]]:
    """The places that are meant and the places that are ruled out.

    "1 no 2 yes" puts the word after its number, "but not 1" before it.
    """
    words_after = []
    for number, (_, at) in enumerate(places):
        end = places[number + 1][1] if number + 1 < len(places) else len(tokens)
        words_after.append({token.word for token in tokens[at + 1 : end]})
    no_before_first = any(token.word in _NOT_WORDS for token in tokens[: places[0][1]])
    answered_after = not no_before_first and words_after[-1] & {"no", "nope", "yes"}
    yes: set[int] = set()
    no: set[int] = set()
    ruled_out = no_before_first
    for (place, _), after in zip(places, words_after, strict=True):
        if answered_after:
            (no if after & _NOT_WORDS else yes).add(place)
            continue
        (no if ruled_out else yes).add(place)
        ruled_out = bool(after & _NOT_WORDS) or (ruled_out and not after & {"but", "yes"})
    return yes, no
