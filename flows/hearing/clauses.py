"""What each word of a text is subject to: denied, doubted, long past, or only supposed."""

from collections.abc import Mapping, Sequence

from flows.hearing.denial import Denial
from flows.hearing.reading import Reading
from flows.hearing.reality import Reality
from flows.hearing.rules import Match
from flows.hearing.statements import Statements


class Clauses:
    """The scopes in one reading, by token: see `Denial` and `Reality`."""

    def __init__(self, reading: Reading, kinds: Mapping[str, str], matches: Sequence[Match] = ()) -> None:
        """``matches``: what the rules found; a "no" that is part of a symptom among them denies nothing."""
        spent = _spent(matches)
        statements = Statements(reading)
        denial = Denial(reading, statements, kinds, spent)
        reality = Reality(reading, statements, spent)
        self.denial = denial.strength
        self.denials_on = denial.on
        self.past, self.supposed = reality.past, reality.supposed


def _spent(matches: Sequence[Match]) -> set[int]:
    """The tokens of symptoms found that hold a negator of their own ("no feeling", "can not pee")."""
    found = (match for match in matches if match.rule.polarity != "denied")
    return {at for match in found for hit in match.hits for at in range(hit.start, hit.end)}
