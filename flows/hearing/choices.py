"""Answers that pick from what was offered: one option of a set, or items of a numbered list."""

from collections.abc import Mapping, Sequence

from flows.heard import Mention
from flows.hearing.grammar import Grammar
from flows.hearing.numbers import Number
from flows.hearing.phrases import Hit, PhraseIndex
from flows.hearing.tokens import Token


def choice_in(
    tokens: list[Token],
    numbers: Sequence[Number],
    choices: PhraseIndex,
    answers: str,
    options: tuple[str, ...],
    grammar: Grammar,
    *,
    by_place: bool,
) -> tuple[str, int, int] | None:
    """The one option meant, and its tokens; ``None`` when there is none or several disagree.

    Its own phrases count first; then, where the options were shown (``by_place``), its place in the list
    ("2", "the second", "b", "last").
    """
    wanted = {f"{answers}.{one}" for one in options}
    found = [
        (hit.concept.partition(".")[2], hit.start, hit.end)
        for hit in choices.find(tokens)
        if hit.concept in wanted and not _is_pronoun(tokens, hit.start, grammar)
    ]
    if not found and by_place:
        places = places_in(tokens, numbers, len(options), grammar)
        if len(tokens) <= 2 and tokens and tokens[-1].word in grammar.letters[: len(options)]:
            places.append((grammar.letters.index(tokens[-1].word), len(tokens) - 1))
        last = next((at for at, token in enumerate(tokens) if token.word in grammar.last_words), None)
        if last is not None:
            places.append((len(options) - 1, last))
        found = [(options[place], at, at + 1) for place, at in places]
    if len({one for one, _, _ in found}) != 1:
        return None
    return found[0]


def places_in(
    tokens: list[Token], numbers: Sequence[Number], count: int, grammar: Grammar
) -> list[tuple[int, int]]:
    """Zero-based places in a list of ``count`` that are named by number, and at which token."""
    places = [
        (int(one.value) - 1, one.start)
        for one in numbers
        if one.value.is_integer() and 1 <= one.value <= count and not _is_pronoun(tokens, one.start, grammar)
    ]
    for at, token in enumerate(tokens):
        number = grammar.ordinals.get(token.word)
        if token.word[:1].isdigit() and token.word.endswith(grammar.ordinal_endings):
            ending = next(ending for ending in grammar.ordinal_endings if token.word.endswith(ending))
            figures = token.word.removesuffix(ending)
            number = int(figures) if figures.isdigit() else number
        if number and number <= count:
            places.append((number - 1, at))
    return sorted(places, key=lambda place: place[1])


def _is_pronoun(tokens: list[Token], at: int, grammar: Grammar) -> bool:
    """Whether token ``at`` is a "one" that is no number: "the second one"."""
    before = tokens[at - 1].word if at else ""
    follows = before in grammar.ordinals or before in grammar.before_one
    return follows and tokens[at].word in grammar.one_words


def ticked_in(
    text: str,
    tokens: list[Token],
    numbers: Sequence[Number],
    units: Mapping[str, float],
    replies: Mapping[str, list[Hit]],
    mentions: tuple[Mention, ...],
    items: tuple[tuple[str, ...], ...],
    grammar: Grammar,
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
    in_turn = [token.word in grammar.brief_yes for token in tokens]
    brief = all(token.word in grammar.brief_yes or token.word in grammar.brief_no for token in tokens)
    if len(in_turn) == count and brief and any(in_turn):
        return tuple(place for place, yes in enumerate(in_turn) if yes)
    places = _listed(text, tokens, numbers, units, count, grammar)
    if _everything_but(tokens, grammar):
        return tuple(sorted(set(range(count)) - {place for place, _ in places} | ticked))
    if _names_all(tokens, places, count, grammar):
        return tuple(range(count))
    if places:
        yes, no = _told_apart(text, tokens, places, grammar)
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


def _everything_but(tokens: list[Token], grammar: Grammar) -> bool:
    """Whether the text takes items out of the whole list: "all but 2", "everything except the first"."""
    words = [token.word for token in tokens]
    at = next((at for at, word in enumerate(words) if word in grammar.whole_list), len(words))
    return grammar.ruling_out.isdisjoint(words[:at]) and any(
        word in grammar.excepting for word in words[at + 1 : at + 5]
    )


def _names_all(tokens: list[Token], places: list[tuple[int, int]], count: int, grammar: Grammar) -> bool:
    """Whether the one number is that of the whole list, or no number at all: "all four", "every one"."""
    if len(places) != 1:
        return False
    place, at = places[0]
    before = tokens[at - 1].word if at else ""
    return before in grammar.every_words or (before in grammar.all_words and place == count - 1)


def _listed(
    text: str,
    tokens: list[Token],
    numbers: Sequence[Number],
    units: Mapping[str, float],
    count: int,
    grammar: Grammar,
) -> list[tuple[int, int]]:
    """The places named, with ranges ("1-3") and ends ("the last two"), and without days and hours."""
    places: list[tuple[int, int]] = []
    ends = grammar.first_words | grammar.last_words
    for place, at in places_in(tokens, numbers, count, grammar):
        word = tokens[at + 1].word if at + 1 < len(tokens) else ""
        before = tokens[at - 1].word if at else ""
        if word in units or before in ends:
            continue
        if places:
            previous, there = places[-1]
            between = text[tokens[there].end : tokens[at].start].strip()
            link = [one.word for one in tokens[there + 1 : at]]
            ranged = between == "-" or (len(link) == 1 and link[0] in grammar.range_words)
            if ranged and place > previous:
                places += [(one, at) for one in range(previous + 1, place)]
        places.append((place, at))
    for at, token in enumerate(tokens):
        if token.word not in ends:
            continue
        after = tokens[at + 1].word if at + 1 < len(tokens) else ""
        if any(tokens[next_at].word in units for next_at in (at + 1, at + 2) if next_at < len(tokens)):
            if token.word in grammar.first_words:
                places = [one for one in places if one != (0, at)]
            continue
        many = next((int(one.value) for one in numbers if one.start == at + 1), 1)
        many = 1 if after in grammar.one_words else many
        many = max(1, min(many, count))
        wanted = range(count - many, count) if token.word in grammar.last_words else range(many)
        places += [(one, at) for one in wanted if (one, at) not in places]
    return sorted(places, key=lambda place: place[1])


def _told_apart(
    text: str, tokens: list[Token], places: list[tuple[int, int]], grammar: Grammar
) -> tuple[set[int], set[int]]:
    """The places that are meant and the places that are ruled out.

    "1 no 2 yes" puts the word after its number, "but not 1" before it. "None but 2", "no just 2" and
    "no. 2" mean the number, and so does what follows "wait" or "sorry".
    """
    mended = [at for at, token in enumerate(tokens) if token.word in grammar.correcting]
    if mended and any(at > mended[-1] for _, at in places):
        places = [(place, at) for place, at in places if at > mended[-1]]
    words_after = []
    for number, (_, at) in enumerate(places):
        end = places[number + 1][1] if number + 1 < len(places) else len(tokens)
        words_after.append({token.word for token in tokens[at + 1 : end]})
    first = places[0][1]
    no_before_first = any(token.word in grammar.ruling_out for token in tokens[:first])
    only = grammar.only_words | grammar.excepting | grammar.correcting
    after_no = tokens[_last_no(tokens, first, grammar) + 1 : first]
    signed = text[: tokens[first].start].strip().lower().endswith(grammar.number_signs)
    if signed or any(token.word in only for token in after_no):
        no_before_first = False
    answered_after = not no_before_first and words_after[-1] & grammar.after_number
    yes: set[int] = set()
    no: set[int] = set()
    ruled_out = no_before_first
    for (place, _), after in zip(places, words_after, strict=True):
        if answered_after:
            (no if after & grammar.ruling_out else yes).add(place)
            continue
        (no if ruled_out else yes).add(place)
        ruled_out = bool(after & grammar.ruling_out) or (ruled_out and not after & grammar.ruling_in)
    return yes - no, no


def _last_no(tokens: list[Token], stop: int, grammar: Grammar) -> int:
    """The last negative token before ``stop``; ``stop`` itself when there is none."""
    negative = grammar.ruling_out - grammar.excepting
    return max((at for at in range(stop) if tokens[at].word in negative), default=stop)
