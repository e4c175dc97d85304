"""Words that say no: which are denials, where the "no" in them stands, and what they speak of."""

from flows.hearing.phrases import Hit
from flows.hearing.reading import Reading


class Negators:
    """The negators of one reading, each looked at alone."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._grammar = reading.grammar

    def negative_at(self, hit: Hit) -> int:
        """Where in ``hit`` the negative word stands ("does *not* have"), or where it starts."""
        own = range(hit.start, hit.end)
        return next((at for at in own if self._reading.tokens[at].word in self._grammar.negatives), hit.start)

    def is_spent(self, hit: Hit, spent: set[int]) -> bool:
        """Whether the negative word of ``hit`` (all of it, if it has none) belongs to a symptom."""
        own = range(hit.start, hit.end)
        negative = [at for at in own if self._reading.tokens[at].word in self._grammar.negatives]
        return spent.issuperset(negative or own)

    def is_echo(self, hit: Hit) -> bool:
        """Whether ``hit`` takes back what was said: "I thought it was numb, but it isn't"."""
        tokens = self._reading.tokens
        return (
            0 < hit.start < hit.end - 1
            and tokens[hit.end - 1].word in self._grammar.verb_not
            and tokens[hit.start].word in self._grammar.denying_verbs
            and tokens[hit.start - 1].word in self._grammar.denying_subjects
            and (hit.end == len(tokens) or tokens[hit.end].pause > 0)
        )

    def only_states(self, hit: Hit) -> bool:
        """Whether a doubt that begins like a question stands inside a statement: "there is this lump"."""
        tokens, start = self._reading.tokens, hit.start
        words = {token.word for token in tokens[start : hit.end]}
        return (
            hit.concept == "doubt"
            and start > 0
            and words.isdisjoint(self._grammar.negatives)  # "it's not that I can't pee"
            and tokens[start].word in self._grammar.denying_verbs
            and not tokens[start].pause
            and tokens[start - 1].word in self._grammar.stating_subjects
        )

    def was_said_of(self, hit: Hit) -> tuple[bool, bool]:
        """Whether ``hit`` speaks of earlier ("wasn't there"), and of what "that" or "which" stands for."""
        tokens, start = self._reading.tokens, hit.start
        verb = start - 1 if tokens[start].word in self._grammar.negatives else start
        if verb < 0:
            return False, False
        # "Wasn't" is read as "is not"; here the difference counts.
        written = self._reading.text[tokens[verb].start : tokens[verb].end].casefold()
        which = verb > 0 and tokens[verb - 1].word in self._grammar.relatives
        return written.startswith(self._grammar.was_beginnings), which
