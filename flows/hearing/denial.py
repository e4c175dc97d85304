"""Which words of a text are denied, and which denials are doubtful.

Everything here works on concepts of ``negation.yaml`` and lists of ``grammar.yaml``, so the words can be
extended without Python. A doubtful denial is kept apart from a plain one: it must lead to a question and
never clear anybody.
"""

from collections.abc import Mapping, Sequence

from flows.hearing.lists import Lists
from flows.hearing.negators import Negators
from flows.hearing.phrases import Hit
from flows.hearing.reading import Reading, hits_by_start
from flows.hearing.statements import Statements
from flows.hearing.tokens import COMMA, SENTENCE

AFFIRMED, DOUBTED, DENIED = 0, 1, 2

# Without punctuation nothing else ends a statement: so many words on, a scope is over.
REACH = 14
_STRENGTH = {"no": DENIED, "no_next": DENIED, "not": DENIED, "soft_not": DOUBTED, "doubt": DOUBTED}
_ENDS = frozenset({"ends_denial"})
_DOUBTS = frozenset({"doubt", "soft_not"})


class Denial:
    """What is denied in one reading.

    ``strength[i]`` is `AFFIRMED`, `DOUBTED` or `DENIED` for token ``i``; `on` tells it for a symptom.
    """

    def __init__(
        self, reading: Reading, statements: Statements, kinds: Mapping[str, str], spent: set[int]
    ) -> None:
        """``spent``: tokens of symptoms; a "no" among them is part of the symptom and denies nothing."""
        self._reading = reading
        self._grammar = reading.grammar
        self._statements = statements
        self.strength = [AFFIRMED] * len(reading.tokens)
        # Of each token, every denial it is under: how strong, and the token where it begins.
        self._marks: list[list[tuple[int, int]]] = [[] for _ in reading.tokens]
        self._symptoms: dict[int, Hit] = {}  # by where they start, the longest
        for hit in reading.all_hits:
            if kinds.get(hit.concept) == "symptom":
                self._symptoms.setdefault(hit.start, hit)
        self._starts: set[int] = set()  # of plain denials
        self._negators = Negators(reading)
        self._ends = statements.contrasts | hits_by_start(reading.hits, _ENDS)
        self._content = {name for name, kind in kinds.items() if kind in ("symptom", "place")}
        self._normal = [hit for hit in reading.all_hits if kinds.get(hit.concept) == "normal"]
        self._lists = Lists(reading, statements, self._symptoms)
        self._deny(spent)
        for hit in reading.hits.get("post_no", ()):
            was, which = self._negators.was_said_of(hit)
            if was and which:
                continue  # "a lump which was not there" is news, and no denial at all
            if was or which or not self._answers_backwards(hit):
                first = statements.start_before(hit.start)
                self._deny_backwards(hit.start, first, DOUBTED if was or which else DENIED)

    def _deny(self, spent: set[int]) -> None:
        """Mark what each negator denies, but for those at the tokens ``spent``."""
        tokens, negatives = self._reading.tokens, self._grammar.negatives
        said = [hit for name in _STRENGTH for hit in self._reading.hits.get(name, ())]
        # "Am not sure": the doubt that the "not" runs into is what counts.
        found = [
            hit for hit in said
            if not self._negators.only_states(hit) and not any(
                hit.start < other.start < hit.end < other.end
                and _STRENGTH[other.concept] < _STRENGTH[hit.concept]
                for other in said
            )
        ]  # fmt: skip
        starts = self._starts = {hit.start for hit in found if hit.concept in ("no", "not")}
        reached = 0
        for hit in sorted(found, key=lambda one: (one.start, -one.end)):
            # "have not had any" holds several phrases that say the same no once.
            inside, reached = hit.start < reached, max(reached, hit.end)
            if inside or self._negators.is_spent(hit, spent):
                continue
            if hit.concept == "no" and self._answers_backwards(hit):
                continue
            # Of "no no" and "no don't" the last counts.
            again = (
                hit.end < len(tokens)
                and not tokens[hit.end].pause
                and (hit.end in starts or tokens[hit.end - 1].word == tokens[hit.end].word in negatives)
            )
            if again:
                continue
            well = next((one for one in self._normal if one.start <= hit.start and hit.end <= one.end), None)
            if well:
                self._deny_within(hit, well)
            elif hit.concept == "no_next":
                self._deny_next(hit)
            elif self._negators.is_echo(hit):
                self._deny_backwards(hit.start, self._reading.sentence_range(hit.start)[0], DOUBTED)
            else:
                self._deny_forwards(hit, _STRENGTH[hit.concept], hit.concept)

    def _deny_next(self, hit: Hit) -> None:
        """ "Nothing numb": denies the symptom that follows at once, and nothing else."""
        at = hit.end
        while at < len(self._reading.tokens) and at not in self._symptoms and self._reading.is_filler(at):
            if at in self._ends:
                return  # "it's nothing, just this tightness"
            at += 1
        symptom = self._symptoms.get(at)
        if symptom and not self._pause(at):
            for at in range(symptom.start, symptom.end):
                self._mark(at, DENIED, hit.start)

    def _deny_within(self, hit: Hit, well: Hit) -> None:
        """ "No trouble" is all well, and denies only the symptom it runs into ("no trouble peeing")."""
        for start in range(hit.end, well.end + 1):
            symptom = self._symptoms.get(start)
            if symptom and symptom.end > well.end:
                for at in range(symptom.start, symptom.end):
                    self._mark(at, DENIED, hit.start)

    def _subject_between(self, first: int, stop: int) -> bool:
        return any(at in self._statements.subjects for at in range(first, stop))

    def _known(self, first: int, stop: int) -> bool:
        """Whether a symptom or a place is among the tokens ``first`` to ``stop``."""
        return any(
            first <= hit.start < stop for hit in self._reading.all_hits if hit.concept in self._content
        )

    def used_up(self, source: int, stop: int) -> bool:
        """Whether the "no" at ``source`` has a symptom to deny before token ``stop``.

        In "no numbness and my bladder is fine" it says nothing about the bladder.
        """
        return any(source < hit.start and hit.end <= stop for hit in self._symptoms.values())

    def _pause(self, at: int) -> int:
        return self._reading.tokens[at].pause

    def _mark(self, at: int, strength: int, source: int) -> None:
        self._marks[at].append((strength, source))
        self.strength[at] = max(self.strength[at], strength)

    def on(self, at: int, own: Sequence[Hit]) -> list[tuple[int, int]]:
        """The denials that token ``at`` is under, each with the token where it begins.

        Those that begin within ``own``, the words of the symptom itself, are no denials of it.
        """
        return [
            (strength, source)
            for strength, source in self._marks[at]
            if not any(hit.start <= source < hit.end for hit in own)
        ]

    def _deny_forwards(self, hit: Hit, strength: int, concept: str) -> None:
        tokens, count = self._reading.tokens, len(self._reading.tokens)
        source = self._negators.negative_at(hit)
        _, last = self._reading.sentence_range(hit.start)
        if any(
            hit.end <= until.start < last and not self._subject_between(hit.end, until.start)
            for until in self._reading.hits.get("until", ())
        ):
            return  # "no numbness until today"
        ends_in_of = tokens[hit.end - 1].word in self._grammar.of_words
        seen: Hit | None = None
        at = hit.end
        while at < min(count, hit.end + REACH):
            if seen and seen.start < at < seen.end:  # "burn when i pee" is one thing
                self._mark(at, strength, source)
                at += 1
                continue
            if tokens[at].pause == SENTENCE or at in self._ends or (seen and at in self._starts):
                return  # the next "no" goes on from here
            if tokens[at].pause == COMMA:
                if at == hit.end or not self._lists.goes_on(at):
                    return
                if not self._lists.has_or(at):
                    strength = min(strength, DOUBTED)
            if at in self._statements.joiners and tokens[at].word in self._grammar.and_words:
                if at + 1 < count and self._statements.begins_at(at + 1):
                    return
                # "Without a helmet and hit my head": what was denied is nothing the rules know.
                if not seen and at > hit.end and not self._known(hit.end, at):
                    return
                if seen:
                    strength = min(strength, DOUBTED)
            within = self._lists.moves_on(at) or (at == hit.end and ends_in_of)
            # "Nor do I take"
            turned = at == hit.end + 1 and tokens[hit.end].word in self._grammar.denying_verbs
            if (
                at in self._statements.subjects
                and not (within or turned)
                and (seen or concept not in _DOUBTS)
            ):
                return
            if seen and at in self._statements.owners and self._pause(at) > 0:
                return
            symptom = self._symptoms.get(at)
            if symptom and seen and symptom.start >= seen.end:
                if not self._lists.same(seen, symptom):
                    if seen.start > hit.end + 1 or not self._lists.tells(seen, symptom):
                        return
                    strength = min(strength, DOUBTED)
                if not (tokens[at].pause or within or at - 1 in self._statements.joiners):
                    # Run-on: "not dizzy out cold for a minute"; where the "no" ends is a guess.
                    strength = min(strength, DOUBTED)
            if symptom and (seen is None or symptom.start >= seen.end):
                seen = symptom
            self._mark(at, strength, source)
            at += 1

    def _answers_backwards(self, hit: Hit) -> bool:
        """Whether this "no" stands after what it denies: "numbness no", "fever: no", "Weakness? No." """
        tokens, count = self._reading.tokens, len(self._reading.tokens)
        start, end = hit.start, hit.end
        if start == 0 or tokens[end - 1].word in self._grammar.insisting:
            return False
        if hit.concept == "no" and tokens[start].word not in self._grammar.answering_no:
            return False
        if start > 1 and start - 1 in self._statements.contrasts and (end == count or tokens[end].pause):
            # "I thought it was numb, but no"
            return self._deny_backwards(start - 1, self._reading.sentence_range(start)[0], DOUBTED)
        _, last = self._reading.sentence_range(start)
        closed = end == count or tokens[end].pause > 0 or end in self._statements.contrasts
        closed = closed or all(token.word in self._grammar.stress for token in tokens[end:last])
        if tokens[start].pause == SENTENCE:
            between = self._reading.text[tokens[start - 1].end : tokens[start].start]
            first, _ = self._reading.sentence_range(start - 1)
            if "?" not in between or not (closed or self._only_remarks(end, last)):
                return False
            return self._deny_backwards(start, first, DENIED)
        if tokens[start].pause == COMMA:
            return closed and self._deny_backwards(start, self._statements.start_before(start - 1), DENIED)
        if not closed and (tokens[last - 1].word not in self._grammar.plain_no or self._ends_well(start)):
            return False
        return self._deny_backwards(start, self._statements.start_before(start), DENIED)

    def _only_remarks(self, first: int, stop: int) -> bool:
        """Whether nothing of weight stands in the tokens after a "no": "numb bum? no haha"."""
        tokens, negatives = self._reading.tokens, self._grammar.negatives
        weighty = (at for at in range(first, stop) if tokens[at].word not in negatives)
        return stop - first <= 4 and not any(self._known(at, at + 1) for at in weighty)

    def _ends_well(self, stop: int) -> bool:
        """Whether "all is well" stands right before token ``stop``: "bowels are good no leaking no"."""
        return any(hit.end == stop for hit in self._normal)

    def _deny_backwards(self, stop: int, first: int, strength: int) -> bool:
        """Deny the tokens ``first`` to ``stop`` when a symptom or place is among them."""
        said = [hit for hit in self._reading.all_hits if first <= hit.start < stop]
        if not said:
            return False
        told = [hit.end - 1 for hit in said if hit.concept in self._content and hit.start in self._symptoms]
        if told and all(self.strength[at] == DENIED for at in told):
            return True  # "I'm not numb, no": said again, and no double no
        for at in range(first, stop):
            self._mark(at, strength, stop)
        return True
