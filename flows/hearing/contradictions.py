"""What speaks against a symptom although no denial was understood: then it is asked about, not believed.

"No" is said in more ways than the scopes of `flows.hearing.denial` can follow. Whatever they miss must
not become an alarm, and whatever stands here must never clear anybody.
"""

from collections.abc import Iterable

from flows.hearing.clauses import Clauses
from flows.hearing.denial import DENIED
from flows.hearing.phrases import Hit
from flows.hearing.reading import Reading, hits_by_start
from flows.hearing.rules import Match

_ENDS = frozenset({"contrast", "ends_denial"})
_UNTIL = frozenset({"until"})


def governed(symptom: Hit, match: Match, reading: Reading) -> bool:
    """Whether a "no" that is no part of ``match`` stands right before ``symptom``: "so no not pregnant".

    Before "any" it may stand further off, since only a "no" makes an "any": "can't see or feel any lump".
    """
    tokens, grammar = reading.tokens, reading.grammar
    own = {at for hit in match.hits for at in range(hit.start, hit.end)}
    if reading.near(_UNTIL, symptom.start):
        return False
    ends = hits_by_start(reading.hits, _ENDS)
    any_ = False
    at = symptom.start
    while at > 0 and not tokens[at].pause:
        at -= 1
        word = tokens[at].word
        if word in grammar.negatives:
            return at not in own and (any_ or not _within(at, reading.hits.get("not_a_denial", ())))
        if at in ends:
            return False
        if at in own:
            return False
        if word in grammar.any_words:
            any_ = True
        elif not any_ and not reading.is_filler(at):
            return False
    return False


def _within(at: int, hits: Iterable[Hit]) -> bool:
    return any(hit.start <= at < hit.end for hit in hits)


def belongs_to_noun(symptom: Hit, reading: Reading) -> bool:
    """Whether the "no" that ``symptom`` begins with belongs to what follows: "no breathing problems"."""
    tokens, grammar = reading.tokens, reading.grammar
    return (
        symptom.end < len(tokens)
        and not tokens[symptom.end].pause
        and tokens[symptom.start].word in grammar.negatives
        and tokens[symptom.end].word in grammar.trouble_words
    )


def of_a_denial(match: Match, symptom: Hit, reading: Reading, clauses: Clauses) -> bool:
    """Whether ``symptom`` has a place of its own, and what it is tied to was denied before: "no zaps into
    the thigh, only back pain"."""
    return any(
        other.end <= symptom.start
        and clauses.parted(other.end, symptom.start)
        and any(
            strength == DENIED and source < other.start
            for strength, source in clauses.denials_on(other.start, match.hits)
        )
        and any(clauses.kinds[hit.concept] == "place" and hit.start > other.end for hit in reading.all_hits)
        for other in match.hits
        if other is not symptom
    )


class Contradictions:
    """What is ``denied`` elsewhere in a text, and speaks against a symptom that stands in it too."""

    def __init__(self, denied: Iterable[Match], reading: Reading, clauses: Clauses) -> None:
        self._reading = reading
        self._kinds = clauses.kinds
        # Flag and token of each word that says that all is well.
        self._well: set[tuple[str, int]] = set()
        # Of each place that "fine" stands right behind: "foot tingling bladder ok".
        self._fine: set[tuple[str, int]] = set()
        # What is denied by a "no" of its own.
        self._noes: list[Match] = []
        links = reading.grammar.part_well_links
        for match in denied:
            flag, rule = match.rule.flag, match.rule
            if rule.polarity == "denied" and not rule.negated:
                self._well.update((flag, at) for hit in match.hits for at in range(hit.start, hit.end))
                self._fine.update(
                    (flag, hit.start)
                    for hit in match.hits
                    if self._kinds[hit.concept] == "place"
                    and clauses.well_after(hit.end, links, linked=False)
                )
            elif not rule.adds:
                self._noes.append(match)

    def well_at(self, flag: str, at: int) -> bool:
        """Whether token ``at`` is part of what says that ``flag`` is well: "bladder? perfect"."""
        return (flag, at) in self._well

    def speak_against(self, match: Match) -> bool:
        """Whether the same words say that it is well ("can start and stop peeing"), or a "no" follows."""
        flag, end = match.rule.flag, match.hits[0].end
        return (
            any(
                self.well_at(flag, at)
                for hit in match.hits
                if self._kinds[hit.concept] != "place"
                for at in range(hit.start, hit.end)
            )
            or any((flag, hit.start) in self._fine and hit.start >= end for hit in match.hits[1:])
            or any(self._takes_back(denial, match) for denial in self._noes)
        )

    def _takes_back(self, denial: Match, match: Match) -> bool:
        """Later in the sentence: "back aches like the flu but I haven't a fever"."""
        return (
            denial.rule.flag == match.rule.flag
            and denial.start >= match.hits[0].end
            and self._reading.sentence_of(denial.start) == self._reading.sentence_of(match.start)
        )
