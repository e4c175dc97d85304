"""From matched rules to mentions: present, unsure or denied, the most worrying winning."""

from flows.heard import Mention, Polarity, Span
from flows.hearing.clauses import Clauses
from flows.hearing.denial import AFFIRMED, DENIED, DOUBTED, NEGATIVE
from flows.hearing.reading import Reading
from flows.hearing.rules import Match

_OTHERS = frozenset({"other_person"})
_THEN = frozenset({"then"})
_WORRY = {"denied": 0, "unsure": 1, "present": 2}


def polarity_of(match: Match, reading: Reading, clauses: Clauses) -> Polarity | None:
    """How ``match`` speaks of its flag; ``None`` when it says nothing about it.

    A rule that says "denied" (``bladder + fine``) turns unsure under a "not", and says nothing when
    it is only supposed or long past.
    """
    rule, symptom = match.rule, match.hits[0]
    denial = _denial_of(match, reading, clauses)
    supposed = any(clauses.supposed[hit.end - 1] for hit in match.hits)
    past = clauses.past[symptom.start] and not rule.ever
    if past and reading.near(_OTHERS, symptom.start):
        return None
    if rule.polarity == "denied":
        if supposed or past:
            return None
        return "denied" if denial == AFFIRMED else "unsure"
    if denial == DENIED:
        return None if supposed else "denied"
    if denial or supposed or past or rule.polarity == "unsure":
        return "unsure"
    if rule.doubt and reading.near(rule.doubt, symptom.start):
        return "unsure"
    return "present"


def _denial_of(match: Match, reading: Reading, clauses: Clauses) -> int:
    """How far a "no" denies the symptom of ``match``, or only what it is tied to ("numb, not in the groin").

    Two of them ("I don't have no numbness"), one before a symptom that says "no" itself ("ain't got no
    feeling"), and one of earlier today ("it wasn't numb this morning") are a doubtful denial.
    """
    symptom = match.hits[0]
    denials = clauses.denials_on(symptom.end - 1, match.hits)
    if not denials:
        tied = (clauses.denials_on(hit.start, match.hits) for hit in match.hits[1:])
        return max(
            (one for marks in tied for one, source in marks if source >= symptom.end), default=AFFIRMED
        )
    doubtful = (
        sum(strength == DENIED for strength, _ in denials) > 1
        or reading.near(_THEN, symptom.start)
        or any(token.word in NEGATIVE for token in reading.tokens[symptom.start : symptom.end])
    )
    return DOUBTED if doubtful else max(strength for strength, _ in denials)


def mentions_of(matches: list[Match], reading: Reading, clauses: Clauses) -> tuple[Mention, ...]:
    """At most one mention for each flag, in the order first said, with its qualifiers."""
    best: dict[str, tuple[Polarity, Match]] = {}
    adds: dict[str, set[str]] = {}
    for match in matches:
        polarity = polarity_of(match, reading, clauses)
        if polarity is None:
            continue
        rule = match.rule
        if rule.adds:
            if polarity == "present":
                adds.setdefault(rule.flag, set()).add(rule.adds)
            continue
        found = best.get(rule.flag)
        rank = (-_WORRY[polarity], match.start, match.end, rule.id)
        if found is None or rank < (-_WORRY[found[0]], found[1].start, found[1].end, found[1].rule.id):
            best[rule.flag] = (polarity, match)
    ordered = sorted(best.items(), key=lambda item: (item[1][1].start, item[0]))
    return tuple(
        Mention(flag, polarity, span_of(match, reading), tuple(sorted(adds.get(flag, ()))))
        for flag, (polarity, match) in ordered
    )


def span_of(match: Match, reading: Reading) -> Span:
    """The words of the original text that ``match`` rests on."""
    return token_span(reading, match.start, match.end, match.rule.id)


def token_span(reading: Reading, first: int, last: int, rule: str) -> Span:
    """The original text of tokens ``first`` to ``last`` (half open), as a span of ``rule``."""
    start, end = reading.tokens[first].start, max(token.end for token in reading.tokens[first:last])
    return Span(reading.text[start:end], start, end, rule)
