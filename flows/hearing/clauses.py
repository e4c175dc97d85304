"""What each word of a text is subject to: denied, doubted, long past, or only supposed."""

from collections.abc import Mapping, Sequence

from flows.hearing.denial import Denial
from flows.hearing.echoes import Echoes
from flows.hearing.reading import Reading
from flows.hearing.reality import Reality
from flows.hearing.rules import Match
from flows.hearing.statements import Statements


class Clauses:
    """The scopes in one reading, by token: see `Denial` and `Reality`."""

    def __init__(self, reading: Reading, kinds: Mapping[str, str], matches: Sequence[Match] = ()) -> None:
        """``matches``: what the rules found; a "no" that is part of a symptom among them denies nothing."""
        spent = _spent(matches)
        self._tokens = reading.tokens
        self._normal = {hit.start for hit in reading.all_hits if kinds.get(hit.concept) == "normal"}
        statements = Statements(reading)
        self._contrasts = statements.contrasts
        self.around = statements.around
        denial = Denial(reading, statements, kinds, spent)
        reality = Reality(reading, statements, spent, _well_starts(matches))
        self.denial = denial.strength
        self.kinds = kinds
        self.denials_on = denial.on
        self.used_up = denial.used_up
        self.echoes = Echoes(reading, statements)
        self.past, self.supposed = reality.past, reality.supposed

    def well_after(self, at: int, between: frozenset[str], *, linked: bool) -> bool:
        """Whether "normal" follows at token ``at`` at once, or after one or two of the words ``between``.

        ``linked``: at once only where one of ``between`` stands before ``at``.
        """
        for start in range(at, min(len(self._tokens), at + 3)):
            if self._tokens[start].pause:
                return False
            verb = start > at or not linked or self._tokens[at - 1].word in between
            if verb and start in self._normal:
                return True
            if self._tokens[start].word not in between:
                return False
        return False

    def parted(self, first: int, stop: int) -> bool:
        """Whether punctuation or a contrast stands between token ``first`` and token ``stop``."""
        return any(self._tokens[at].pause or at in self._contrasts for at in range(first, stop + 1))


def _spent(matches: Sequence[Match]) -> set[int]:
    """The tokens of symptoms found that hold a negator of their own ("no feeling", "can not pee").

    A lone "nothing" that a rule asks for beside something else may still deny what follows it.
    """
    hits = (hit for match in matches if match.rule.polarity != "denied" for hit in match.hits)
    return {at for hit in hits if hit.end - hit.start > 1 for at in range(hit.start, hit.end)}


def _well_starts(matches: Sequence[Match]) -> set[int]:
    """Where what says "all is well" begins: the "can" of "can feel everything" opens no question."""
    found = (match for match in matches if match.rule.polarity == "denied" and not match.rule.negated)
    return {hit.start for match in found for hit in match.hits if hit.end - hit.start > 1}
