"""Where one statement ends and the next begins, also in texts without punctuation."""

from flows.hearing.reading import Reading, hits_by_start

_SUBJECTS = frozenset({"subject"})
_OWNERS = frozenset({"owner"})
_JOINERS = frozenset({"joiner"})
_CONTRAST = frozenset({"contrast"})


class Statements:
    """The statements of one reading.

    ``subjects``, ``owners``, ``joiners`` and ``contrasts`` map a token to the hit that starts there.
    """

    def __init__(self, reading: Reading) -> None:
        self._tokens = reading.tokens
        self._answers = reading.grammar.answers
        self.subjects = hits_by_start(reading.hits, _SUBJECTS)
        self.owners = hits_by_start(reading.hits, _OWNERS)
        self.joiners = hits_by_start(reading.hits, _JOINERS)
        self.contrasts = hits_by_start(reading.hits, _CONTRAST)

    def begins_at(self, at: int) -> bool:
        """Whether a new statement begins at token ``at`` ("and my leg", "i have")."""
        if at in self.subjects:
            return True
        previous = self._tokens[at - 1].word if at else ""
        return at in self.owners and (at - 1 in self.joiners or previous == "" or self._tokens[at].pause > 0)

    def around(self, at: int) -> tuple[int, int]:
        """First token, and the token after the last, of the statement that holds token ``at``."""
        tokens = self._tokens
        first = at
        while first > 0 and not tokens[first].pause and not self._breaks(first):
            first -= 1
        last = at + 1
        while last < len(tokens) and not tokens[last].pause and not self._breaks(last):
            last += 1
        return first, last

    def start_before(self, at: int) -> int:
        """The first token of the clause before ``at``: after a pause, a contrast, or an earlier "no"."""
        tokens = self._tokens
        while at > 0 and not tokens[at].pause and at - 1 not in self.contrasts:
            if tokens[at - 1].word in self._answers:
                return at
            at -= 1
        return at

    def _breaks(self, at: int) -> bool:
        joined = at in self.joiners and at + 1 < len(self._tokens)
        return at in self.contrasts or (joined and self.begins_at(at + 1))
