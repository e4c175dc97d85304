"""What a later statement says of an earlier one without saying it again.

"My legs aren't tingling, my bum *is*", "feet have feeling but my scrotum *doesn't*", "no numbness in the
foot but I *do have it* in my groin", "I had no lump, *there is now*".
"""

from collections.abc import Iterable, Iterator, Sequence

from flows.hearing.phrases import Hit
from flows.hearing.reading import Reading, hits_by_start
from flows.hearing.statements import Statements
from flows.hearing.tokens import NO_PAUSE

_ENDS = frozenset({"ends_denial"})


class Echoes:
    """The echoes in one reading."""

    def __init__(self, reading: Reading, statements: Statements) -> None:
        self._reading = reading
        self._grammar = reading.grammar
        self._statements = statements
        self._again = list(self._affirmations())
        self._ends = hits_by_start(reading.hits, _ENDS)

    def of(self, symptom: Hit, others: Iterable[Hit]) -> bool | None:
        """Whether one of ``others`` stands in a later echo: ``True`` for "is", ``False`` for "isn't"."""
        if any(other.start < symptom.start for other in others):
            return None
        for other in others:
            if other.start >= symptom.end and self.parted(symptom, other):
                said = self._echo(other.end)
                if said is not None:
                    return said
        return None

    def parted(self, symptom: Hit, other: Hit) -> bool:
        """Whether a new statement, with a subject of its own, begins between the two."""
        tokens = self._reading.tokens
        for at in range(symptom.end, other.start + 1):
            if at in self._statements.contrasts or at in self._ends:
                return True
            if (tokens[at].pause or at in self._statements.joiners) and (
                at in self._statements.subjects or at in self._statements.owners
            ):
                return True
        return False

    def taken_back(self, symptom: Hit, others: Sequence[Hit], ever: bool) -> bool:
        """Whether "but I did", "there is now" follows in the sentence or the next.

        "But I do have it in my groin" takes back only what has the groin among its parts; of what counts
        whenever it was (``ever``) "but I had it in 2018" takes back all.
        """
        sentence = self._reading.sentence_of(symptom.start)
        for start, end in self._again:
            if start < symptom.end or self._reading.sentence_of(start) - sentence > 1:
                continue
            if ever or self._closed(end) or any(end <= other.start for other in others):
                return True
        return False

    def _affirmations(self) -> Iterator[tuple[int, int]]:
        """Where "but I did", "but I do have it", "there is now" stands (half open)."""
        tokens, contrasts, grammar = self._reading.tokens, self._statements.contrasts, self._grammar
        subjects, verbs = grammar.affirming_subjects, grammar.affirming_verbs
        for at in range(1, len(tokens) - 1):
            if tokens[at].word not in subjects or tokens[at + 1].word not in verbs:
                continue
            words = [token.word for token in tokens[at + 2 : at + 5]]
            after = bool(words) and words[0] in grammar.having
            it = len(words) > after and words[after] in grammar.it_words
            end = at + 2 + after + it
            now = bool(words) and words[0] in grammar.now_words
            opens = any(hit.end == at for hit in contrasts.values())
            if (opens and (it or (not after and self._closed(at + 2)))) or (
                (opens or tokens[at].pause) and now and self._closed(at + 2)
            ):
                yield at, end

    def _closed(self, at: int) -> bool:
        """Whether nothing of weight follows in the statement from token ``at`` on."""
        tokens, ends = self._reading.tokens, self._grammar.affirming_ends
        while at < len(tokens) and not tokens[at].pause and tokens[at].word in ends:
            at += 1
        return at >= len(tokens) or tokens[at].pause != NO_PAUSE

    def _echo(self, at: int) -> bool | None:
        tokens, verbs = self._reading.tokens, self._grammar.affirming_verbs
        if at >= len(tokens) or tokens[at].pause != NO_PAUSE or tokens[at].word not in verbs:
            return None
        negated = at + 1 < len(tokens) and tokens[at + 1].word in self._grammar.verb_not
        return not negated if self._closed(at + 1 + negated) else None
