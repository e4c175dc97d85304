"""Which words of a text are not so now: long past, over, or only supposed.

Everything here works on concepts of ``time.yaml`` and lists of ``grammar.yaml``, so the words can be
extended without Python.
"""

from collections.abc import Set

from flows.hearing.denial import REACH
from flows.hearing.phrases import Hit
from flows.hearing.reading import Reading
from flows.hearing.statements import Statements
from flows.hearing.tokens import COMMA, SENTENCE

_LITTLE = 3


class Reality:
    """``past[i]`` and ``supposed[i]``: whether token ``i`` tells of long ago, or of what might be."""

    def __init__(
        self, reading: Reading, statements: Statements, spent: set[int], well: Set[int] = frozenset()
    ) -> None:
        """``spent``: tokens of symptoms; a marker among them is part of the symptom.

        ``well``: where words for "all is well" begin; they open no question ("can feel everything").
        """
        self._reading = reading
        self._grammar = reading.grammar
        self._statements = statements
        self.past = [False] * len(reading.tokens)
        self.supposed = [False] * len(reading.tokens)
        for concept in ("what_if", "if"):
            for hit in reading.hits.get(concept, ()):
                if hit.start not in well and not spent.issuperset(range(hit.start, hit.end)):
                    self._suppose(hit, stops_at_comma=concept == "if")
        self._suppose_questions(well)
        for hit in reading.hits.get("past", ()):
            self._mark_past(hit)
        for hit in reading.hits.get("over", ()):
            first, _ = reading.sentence_range(hit.start)
            if first and "?" in reading.text[reading.tokens[first - 1].end : reading.tokens[first].start]:
                first, _ = reading.sentence_range(first - 1)  # "Numb foot? That is long gone"
            first = max(first, hit.start - REACH)
            self.past[first : hit.start] = [True] * (hit.start - first)

    def _suppose(self, hit: Hit, stops_at_comma: bool) -> None:
        """Mark what follows "what if", "can squats cause", "if" as not (yet) real.

        "If I bend my leg goes numb" is real: a second subject after "if" ends the supposing.
        """
        tokens = self._reading.tokens
        subjects = 0
        for at in range(hit.end, min(len(tokens), hit.end + REACH)):
            if tokens[at].pause == SENTENCE or at in self._statements.contrasts:
                return
            if stops_at_comma:
                subjects += at in self._statements.subjects or (
                    at in self._statements.owners and tokens[at - 1].word not in self._grammar.before_owner
                )
                if tokens[at].pause == COMMA or subjects > 1:
                    return
            self.supposed[at] = True

    def _suppose_questions(self, well: Set[int]) -> None:
        """Mark sentences that ask in general: "is numbness between the legs a red flag".

        They begin like a question and speak of nobody in particular.
        """
        hits = self._reading.hits
        speakers = {hit.start for hit in hits.get("speaker", ()) if not self._only_asks(hit)}
        speakers |= self._reading.turned_round
        opening = {at for hit in hits.get("opener", ()) for at in range(hit.start, hit.end)}
        for hit in hits.get("asks", ()):
            first, last = self._reading.sentence_range(hit.start)
            if hit.start in well:
                continue
            if opening.issuperset(range(first, hit.start)) and speakers.isdisjoint(range(first, last)):
                self.supposed[first:last] = [True] * (last - first)

    def _only_asks(self, speaker: Hit) -> bool:
        """Whether ``speaker`` tells only why they ask: "can a disc do that, I saw a video"."""
        tokens = self._reading.tokens
        return speaker.end < len(tokens) and tokens[speaker.end].word in self._grammar.asking_why

    def _joined(self, at: int) -> bool:
        """Whether the statement that begins at ``at`` goes on with the one before it."""
        return self._reading.tokens[at].pause != SENTENCE and at not in self._statements.contrasts

    def _tenses(self, at: int) -> set[str]:
        """Which of "was" and "is" the statement that holds token ``at`` speaks in."""
        first, last = self._statements.around(at)
        hits = self._reading.hits
        found = {name for name in ("was", "is") for hit in hits.get(name, ()) if first <= hit.start < last}
        tokens = self._reading.tokens
        written = self._reading.text[tokens[first].start : tokens[last - 1].end].casefold()
        # "Couldn't" is read as "can not"; here the difference counts.
        return found | {"was"} if any(one in written for one in self._grammar.could_pieces) else found

    def _mark_past(self, hit: Hit) -> None:
        """Mark the clause of ``hit`` as long ago, and its neighbours when it says little else.

        "Two years ago, my leg was numb" and "I lost all feeling, that was two years ago".
        """
        first, last = self._statements.around(hit.start)
        if last - first - (hit.end - hit.start) < _LITTLE:
            if first:
                first, _ = self._statements.around(first - 1)
            while first and self._joined(first) and "is" not in self._tenses(first - 1):
                first, _ = self._statements.around(first - 1)
            if last < len(self._reading.tokens):
                _, last = self._statements.around(last)
        # "As a child I was ill, my legs were weak": the past goes on.
        while last < len(self._reading.tokens) and self._joined(last) and self._tenses(last) == {"was"}:
            _, last = self._statements.around(last)
        first, last = max(first, hit.start - REACH), min(last, hit.end + REACH)
        if not any(first <= lately.start < last for lately in self._reading.hits.get("lately", ())):
            self.past[first:last] = [True] * (last - first)
