"""How far a "no" goes in a list: "no fever, chills or weight loss", "no pain numbness weakness"."""

from collections.abc import Mapping

from flows.hearing.phrases import Hit
from flows.hearing.reading import Reading, hits_by_start
from flows.hearing.statements import Statements

_THINGS = frozenset({"thing"})
_MOVES_ON = frozenset({"moves_on"})


class Lists:
    """Which symptoms of one reading stand in one list. ``symptoms``: by where they start, the longest."""

    def __init__(self, reading: Reading, statements: Statements, symptoms: Mapping[int, Hit]) -> None:
        self._reading = reading
        self._statements = statements
        self._symptoms = symptoms
        self._things = {hit.end for hit in reading.hits.get("thing", ())}
        self._moves_on = hits_by_start(reading.hits, _MOVES_ON)

    def goes_on(self, at: int) -> bool:
        """Whether a list goes on after the comma before token ``at``."""
        return at in self._statements.joiners or any(
            start in self._symptoms for start in (at, at + 1, at + 2)
        )

    def has_or(self, at: int) -> bool:
        """Whether an "or" follows in the sentence."""
        _, last = self._reading.sentence_range(at)
        closing = self._reading.grammar.list_closing
        return any(token.word in closing for token in self._reading.tokens[at:last])

    def moves_on(self, at: int) -> bool:
        """Whether token ``at`` only tells where the thing before it goes: "pain (that is) going down"."""
        return at in self._moves_on and not self._reading.tokens[at].pause

    def same(self, seen: Hit, symptom: Hit) -> bool:
        """Whether a second symptom under a "no" belongs to the same denial as the first."""
        start = symptom.start
        if start - 1 in self._statements.joiners or self._reading.tokens[start].pause or self.has_or(start):
            return True
        if self.moves_on(start):
            return True
        if seen.end == start:
            return seen.end not in self._things
        return any(at in self._statements.joiners for at in range(seen.end, start))

    def tells(self, seen: Hit, symptom: Hit) -> bool:
        """Whether ``symptom`` is what is said of ``seen``: "neither of my legs has gone numb"."""
        tokens, verbs = self._reading.tokens, self._reading.grammar.affirming_verbs
        told = [at for at in range(seen.end, symptom.start) if tokens[at].word in verbs]
        return bool(told) and all(
            at in told or self._reading.is_filler(at) for at in range(seen.end, symptom.start)
        )
