"""Answers that pick from what was offered: one option of a set, or items of a numbered list."""

from collections.abc import Mapping, Sequence

from flows.heard import Mention
from flows.hearing.numbers import Number
from flows.hearing.phrases import Hit, PhraseIndex
from flows.hearing.tokens import Token

_NOT_WORDS = frozenset({"no", "not", "except", "without", "nope", "none", "nothing", "neither", "nor"})
_ORDINAL_TAILS = ("st", "nd", "rd", "th")
_ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7}
_ALL = frozenset({"all", "everything", "every"})
_EXCEPT = frozenset({"except", "but", "apart", "besides", "bar", "excluding"})
_CORRECTING = frozenset({"wait", "sorry", "mean", "meant", "oops", "actually"})
_ONLY = frozenset({"just", "only", *_EXCEPT, *_CORRECTING})
_NUMBER_SIGNS = ("no.", "nr.", "#")
_RANGES = (["to"], ["through"], ["thru"], ["until"])
_BRIEF = {"yes": True, "y": True, "no": False, "n": False}
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
    text: str,
    tokens: list[Token],
    numbers: Sequence[Number],
    units: Mapping[str, float],
    replies: Mapping[str, list[Hit]],
    mentions: tuple[Mention, ...],
    items: tuple[tuple[str, ...], ...],
) -> tuple[int, ...] | None:
    """The items of a numbered list that the person has; ``()`` is none of them, ``None`` no answer.

    "2 and 4", "2 & 4 but not 1", "1 no 2 yes", "no no yes no", "all", "all but 2", "none", or the symptom
    in words. A symptom in words outweighs a "none", and what rules out only some items ("not 1") clears none.
    """
    has = {m.flag for m in mentions if m.polarity == "present"}
    unsure = {m.flag for m in mentions if m.polarity == "unsure"}
    count = len(items)
    ticked = {place for place, flags in enumerate(items) if has.intersection(flags)}
    doubtful = any(unsure.intersection(flags) for flags in items)
    everything, in_turn = _everything_but(tokens), [_BRIEF.get(token.word) for token in tokens]
    if len(in_turn) == count and None not in in_turn and True in in_turn:
        return tuple(place for place, yes in enumerate(in_turn) if yes)
    places = _listed(text, tokens, numbers, units, count)
    if everything:
        return tuple(sorted(set(range(count)) - {place for place, _ in places} | ticked))
    if _names_all(tokens, places, count):
        return tuple(range(count))
    if places:
        yes, no = _told_apart(text, tokens, places)
        if yes or ticked or len(no) == count:
            return tuple(sorted(yes | (ticked - no)))
        return None
    if ticked:
        return tuple(sorted(ticked))
    if doubtful or replies.get("unsure") or replies.get("limit"):
        return None
    none = replies.get("no") or replies.get("no_items") or replies.get("all_well")
    if replies.get("all_items") and not none:
        return tuple(range(count))
    if none and not any(replies.get(kind) for kind in ("yes", "vague", "earlier")):
        return ()
    asked = {flag for flags in items for flag in flags}
    denied = {m.flag for m in mentions if m.polarity == "denied"}
    return () if asked and asked <= denied else None


def _everything_but(tokens: list[Token]) -> bool:
    """Whether the text takes items out of the whole list: "all but 2", "everything except the first"."""
    words = [token.word for token in tokens]
    at = next((at for at, word in enumerate(words) if word in _ALL), len(words))
    return any(word in _EXCEPT for word in words[at + 1 : at + 5]) and not _NOT_WORDS.intersection(words[:at])


def _names_all(tokens: list[Token], places: list[tuple[int, int]], count: int) -> bool:
    """Whether the one number is that of the whole list, or no number at all: "all four", "every one"."""
    if len(places) != 1:
        return False
    place, at = places[0]
    before = tokens[at - 1].word if at else ""
    return before == "every" or (before == "all" and place == count - 1)


def _listed(
    text: str, tokens: list[Token], numbers: Sequence[Number], units: Mapping[str, float], count: int
) -> list[tuple[int, int]]:
    """The places named, with ranges ("1-3") and ends ("the last two"), and without days and hours."""
    places: list[tuple[int, int]] = []
    for place, at in places_in(tokens, numbers, count):
        word = tokens[at + 1].word if at + 1 < len(tokens) else ""
        before = tokens[at - 1].word if at else ""
        if word in units or before in ("last", "first"):
            continue
        if places:
            previous, there = places[-1]
            between = text[tokens[there].end : tokens[at].start].strip()
            ranged = between == "-" or [one.word for one in tokens[there + 1 : at]] in _RANGES
            if ranged and place > previous:
                places += [(one, at) for one in range(previous + 1, place)]
        places.append((place, at))
    for at, token in enumerate(tokens):
        if token.word not in ("last", "first"):
            continue
        after = tokens[at + 1].word if at + 1 < len(tokens) else ""
        if any(tokens[next_at].word in units for next_at in (at + 1, at + 2) if next_at < len(tokens)):
            if token.word == "first":
                places = [one for one in places if one != (0, at)]
            continue
        many = next((int(one.value) for one in numbers if one.start == at + 1), 1) if after != "one" else 1
        many = max(1, min(many, count))
        wanted = range(count - many, count) if token.word == "last" else range(many)
        places += [(one, at) for one in wanted if (one, at) not in places]
    return sorted(places, key=lambda place: place[1])


def _told_apart(text: str, tokens: list[Token], places: list[tuple[int, int]]) -> tuple[set[int], set[int]]:
    """The places that are meant and the places that are ruled out.

    "1 no 2 yes" puts the word after its number, "but not 1" before it. "None but 2", "no just 2" and
    "no. 2" mean the number, and so does what follows "wait" or "sorry".
    """
    mended = [at for at, token in enumerate(tokens) if token.word in _CORRECTING]
    if mended and any(at > mended[-1] for _, at in places):
        places = [(place, at) for place, at in places if at > mended[-1]]
    words_after = []
    for number, (_, at) in enumerate(places):
        end = places[number + 1][1] if number + 1 < len(places) else len(tokens)
        words_after.append({token.word for token in tokens[at + 1 : end]})
    first = places[0][1]
    no_before_first = any(token.word in _NOT_WORDS for token in tokens[:first])
    after_no = {token.word for token in tokens[_last_no(tokens, first) + 1 : first]}
    if after_no & _ONLY or text[: tokens[first].start].strip().lower().endswith(_NUMBER_SIGNS):
        no_before_first = False
    answered_after = not no_before_first and words_after[-1] & {"no", "nope", "yes"}
    yes: set[int] = set()
    no: set[int] = set()
    ruled_out = no_before_first
    for (place, _), after in zip(places, words_after, strict=True):
        if answered_after:
            (no if after & _NOT_WORDS else yes).add(place)
            continue
        (no if ruled_out else yes).add(place)
        ruled_out = bool(after & _NOT_WORDS) or (ruled_out and not after & {"but", "yes", "just", "only"})
    return yes - no, no


def _last_no(tokens: list[Token], stop: int) -> int:
    """The last negative token before ``stop``; ``stop`` itself when there is none."""
    return max((at for at in range(stop) if tokens[at].word in _NOT_WORDS - _EXCEPT), default=stop)
