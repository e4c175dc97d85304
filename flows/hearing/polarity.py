"""From matched rules to mentions: present, unsure or denied, the most worrying winning."""

from flows.heard import Mention, Polarity, Span
from flows.hearing.clauses import Clauses
from flows.hearing.contradictions import Contradictions, belongs_to_noun, governed, of_a_denial
from flows.hearing.denial import AFFIRMED, DENIED, DOUBTED
from flows.hearing.phrases import Hit
from flows.hearing.reading import Reading
from flows.hearing.rules import Match
from flows.hearing.wellness import as_ever, is_well, part_is_well

_OTHERS = frozenset({"other_person"})
_OVER = frozenset({"any_more"})
_THEN = frozenset({"then"})
_WORRY = {"denied": 0, "unsure": 1, "present": 2}


def polarity_of(match: Match, reading: Reading, clauses: Clauses) -> Polarity | None:
    """How ``match`` speaks of its flag; ``None`` when it says nothing about it.

    A rule that says "denied" (``bladder + fine``) turns unsure under a "not", and says nothing when
    it is only supposed or long past.
    """
    rule, symptom = match.rule, main_of(match, clauses)
    denial = _denial_of(match, reading, clauses)
    supposed = any(clauses.supposed[hit.end - 1] for hit in match.hits)
    past = not rule.ever and any(
        clauses.past[hit.start]
        for hit in match.hits
        if hit is symptom or clauses.kinds[hit.concept] == "symptom"
    )
    if past and reading.near(_OTHERS, symptom.start):
        return None
    if rule.negated:
        return "denied" if denial == DENIED and not (supposed or past) else None
    echo = clauses.echoes.of(symptom, match.hits)
    if rule.polarity == "denied":
        if supposed or past:
            return None
        if echo is False:  # "feet have feeling but my scrotum doesn't"
            return "present"
        return "denied" if is_well(match, reading, clauses) else "unsure"
    if supposed and denial == DENIED:
        return None
    if supposed or past:
        return "unsure"
    if echo is None and part_is_well(match, reading, clauses):  # "numb thigh, groin has feeling"
        return None
    if echo is not None:  # "my legs aren't tingling, my bum is"
        denial = AFFIRMED if echo else DENIED
    elif denial and clauses.echoes.taken_back(symptom, match.hits[1:], rule.ever):
        denial, echo = AFFIRMED, True
    elif denial and (_stands_apart(match, clauses) or (rule.ever and reading.near(_OVER, symptom.start))):
        denial = DOUBTED
    if denial == DENIED:
        return "denied"
    if denial or rule.polarity == "unsure" or as_ever(match, reading, clauses):
        return "unsure"
    if rule.doubt and reading.near(rule.doubt, symptom.start):
        return "unsure"
    if of_a_denial(match, symptom, reading, clauses):
        return "unsure"
    if echo is None and (governed(symptom, match, reading) or belongs_to_noun(symptom, reading)):
        return "unsure"
    return "present"


def main_of(match: Match, clauses: Clauses) -> Hit:
    """The symptom of ``match``: its first part, or when that is a place the first that is a symptom."""
    first = match.hits[0]
    if match.rule.polarity == "denied" or clauses.kinds[first.concept] != "place":
        return first
    return next((hit for hit in match.hits if clauses.kinds[hit.concept] == "symptom"), first)


def _stands_apart(match: Match, clauses: Clauses) -> bool:
    """Whether another symptom of ``match`` stands in a later statement of its own, which no "no" reaches."""
    symptom = match.hits[0]
    return any(
        clauses.kinds[other.concept] == "symptom"
        and other.start >= symptom.end
        and clauses.echoes.parted(symptom, other)
        and not clauses.denials_on(other.end - 1, match.hits)
        for other in match.hits[1:]
    )


def _denial_of(match: Match, reading: Reading, clauses: Clauses) -> int:
    """How far a "no" denies the symptom of ``match``, or only what it is tied to ("numb, not in the groin").

    Two of them ("I don't have no numbness"), one before a symptom that says "no" itself ("ain't got no
    feeling"), and one of earlier today ("it wasn't numb this morning") are a doubtful denial.
    """
    symptom = main_of(match, clauses)
    denials = max(
        (clauses.denials_on(at, match.hits) for at in (symptom.end - 1, symptom.start)),
        key=lambda marks: max((strength for strength, _ in marks), default=AFFIRMED),
    )
    if not denials:
        return max((_tied(other, symptom, match, reading, clauses) for other in match.hits), default=0)
    doubtful = (
        len({source for strength, source in denials if strength == DENIED}) > 1
        or reading.near(_THEN, symptom.start)
        or reading.says_no(symptom)
    )
    return DOUBTED if doubtful else max(strength for strength, _ in denials)


def _tied(other: Hit, symptom: Hit, match: Match, reading: Reading, clauses: Clauses) -> int:
    """How far ``symptom`` is denied because ``other``, which it is tied to, is."""
    found = AFFIRMED
    if other is symptom:
        return found
    for strength, source in clauses.denials_on(other.start, match.hits):
        word = reading.tokens[source].word
        if source >= symptom.end and word not in reading.grammar.nothing:
            found = max(found, strength)  # "numb, not in the groin"
        elif source < other.start and strength == DENIED and clauses.kinds[other.concept] == "symptom":
            # "No blood when I cough" asks; "not numb where I sit" is plain.
            plain = clauses.kinds[symptom.concept] != "symptom"
            found = max(found, DENIED if plain else DOUBTED)
        elif other.end <= source < symptom.start:
            found = max(found, DOUBTED)  # "bowel no, numb groin"
        elif source < other.start <= symptom.start and _is_only(source, other, reading):
            found = max(found, strength)  # "not in both legs. Back pain"
    return found


def _is_only(source: int, place: Hit, reading: Reading) -> bool:
    """Whether the "no" at ``source`` denies ``place`` and nothing else: "it's not in my leg"."""
    between, grammar = reading.tokens[source : place.start], reading.grammar
    return any(token.word in grammar.place_links for token in between) and all(
        token.word in grammar.place_links
        or token.word in grammar.negatives
        or reading.is_filler(source + number)
        for number, token in enumerate(between)
    )


def mentions_of(matches: list[Match], reading: Reading, clauses: Clauses) -> tuple[Mention, ...]:
    """At most one mention for each flag, in the order first said, with its qualifiers."""
    best: dict[str, tuple[Polarity, Match]] = {}
    adds: dict[str, set[str]] = {}
    polarities = [(match, polarity_of(match, reading, clauses)) for match in matches]
    denied = [match for match, polarity in polarities if polarity == "denied"]
    contradictions = Contradictions(denied, reading, clauses)
    for match, polarity in polarities:
        rule = match.rule
        if polarity is None or (_is_mere_word(match) and contradictions.well_at(rule.flag, match.start)):
            continue  # "bladder" alone would be asked about, but not in "bladder? perfect"
        if polarity == "present" and contradictions.speak_against(match):
            polarity = "unsure"
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


def _is_mere_word(match: Match) -> bool:
    """Whether ``match`` is one weak word, heard only in order to ask."""
    return match.rule.polarity == "unsure" and len(match.hits) == 1


def span_of(match: Match, reading: Reading) -> Span:
    """The words of the original text that ``match`` rests on."""
    return token_span(reading, match.start, match.end, match.rule.id)


def token_span(reading: Reading, first: int, last: int, rule: str) -> Span:
    """The original text of tokens ``first`` to ``last`` (half open), as a span of ``rule``."""
    start, end = reading.tokens[first].start, max(token.end for token in reading.tokens[first:last])
    return Span(reading.text[start:end], start, end, rule)
