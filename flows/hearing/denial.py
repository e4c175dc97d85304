"""Which words of a text are denied, and which denials are doubtful.

Everything here works on concepts of ``negation.yaml``, so the words can be extended without Python. A
doubtful denial is kept apart from a plain one: it must lead to a question and never clear anybody.
"""

from collections.abc import Mapping, Sequence

from flows.hearing.phrases import Hit
from flows.hearing.reading import Reading, hits_by_start
from flows.hearing.statements import Statements
from flows.hearing.tokens import COMMA, SENTENCE

AFFIRMED, DOUBTED, DENIED = 0, 1, 2

# Without punctuation nothing else ends a statement: so many words on, a scope is over.
REACH = 14
NEGATIVE = frozenset({"no", "not", "without", "nothing", "never"})
_STRENGTH = {"no": DENIED, "no_next": DENIED, "not": DENIED, "soft_not": DOUBTED, "doubt": DOUBTED}
_ENDS = frozenset({"ends_denial"})
_ECHOES = frozenset({"is", "am", "are", "was", "were", "do", "does", "did", "have", "has", "had"})
# "Wetting myself? No, not at all, never."
_STRESS = frozenset({"no", "not", "never", "at", "all", "none", "nothing", "definitely", "absolutely", "way"})
_PRONOUNS = frozenset({"i", "it", "he", "she", "we", "they", "that"})


class Denial:
    """What is denied in one reading.

    ``strength[i]`` is `AFFIRMED`, `DOUBTED` or `DENIED` for token ``i``; `on` tells it for a symptom.
    """

    def __init__(
        self, reading: Reading, statements: Statements, kinds: Mapping[str, str], spent: set[int]
    ) -> None:
        """``spent``: tokens of symptoms; a "no" among them is part of the symptom and denies nothing."""
        self._reading = reading
        self._statements = statements
        self.strength = [AFFIRMED] * len(reading.tokens)
        # Of each token, every denial it is under: how strong, and the token where it begins.
        self._marks: list[list[tuple[int, int]]] = [[] for _ in reading.tokens]
        self._symptoms: dict[int, Hit] = {}  # by where they start, the longest
        for hit in reading.all_hits:
            if kinds.get(hit.concept) == "symptom":
                self._symptoms.setdefault(hit.start, hit)
        self._ends = statements.contrasts | hits_by_start(reading.hits, _ENDS)
        self._normal = [hit for hit in reading.all_hits if kinds.get(hit.concept) == "normal"]
        self._things = {hit.end for hit in reading.hits.get("thing", ())}
        self._deny(spent)
        for hit in reading.hits.get("post_no", ()):
            if not self._answers_backwards(hit):
                self._deny_backwards(hit.start, statements.start_before(hit.start), DENIED)

    def _deny(self, spent: set[int]) -> None:
        """Mark what each negator denies, but for those at the tokens ``spent``."""
        tokens = self._reading.tokens
        said = [hit for name in _STRENGTH for hit in self._reading.hits.get(name, ())]
        # "Am not sure": the doubt that the "not" runs into is what counts.
        found = [
            hit for hit in said
            if not any(
                hit.start < other.start < hit.end < other.end
                and _STRENGTH[other.concept] < _STRENGTH[hit.concept]
                for other in said
            )
        ]  # fmt: skip
        starts = {hit.start for hit in found}
        reached = 0
        for hit in sorted(found, key=lambda one: (one.start, -one.end)):
            # "have not had any" holds several phrases that say the same no once.
            inside, reached = hit.start < reached, max(reached, hit.end)
            if inside or self._is_spent(hit, spent):
                continue
            if hit.concept == "no" and self._answers_backwards(hit):
                continue
            # Of "no no" and "no don't" the last counts.
            again = (
                hit.end < len(tokens)
                and not tokens[hit.end].pause
                and (hit.end in starts or tokens[hit.end - 1].word == tokens[hit.end].word)
            )
            if again:
                continue
            well = next((one for one in self._normal if one.start <= hit.start and hit.end <= one.end), None)
            if well:
                self._deny_within(hit, well)
            elif hit.concept == "no_next":
                self._deny_next(hit)
            elif self._is_echo(hit):
                self._deny_backwards(hit.start, self._reading.sentence_range(hit.start)[0], DOUBTED)
            else:
                self._deny_forwards(hit, _STRENGTH[hit.concept], hit.concept)

    def _is_spent(self, hit: Hit, spent: set[int]) -> bool:
        """Whether the negative word of ``hit`` (all of it, if it has none) belongs to a symptom."""
        own = range(hit.start, hit.end)
        negative = [at for at in own if self._reading.tokens[at].word in NEGATIVE]
        return spent.issuperset(negative or own)

    def _is_echo(self, hit: Hit) -> bool:
        """Whether ``hit`` takes back what was said: "I thought it was numb, but it isn't"."""
        tokens = self._reading.tokens
        return (
            0 < hit.start < hit.end - 1
            and tokens[hit.end - 1].word == "not"
            and tokens[hit.start].word in _ECHOES
            and tokens[hit.start - 1].word in _PRONOUNS
            and (hit.end == len(tokens) or tokens[hit.end].pause > 0)
        )

    def _deny_next(self, hit: Hit) -> None:
        """ "Nothing numb": denies the symptom that follows at once, and nothing else."""
        at = hit.end
        while at < len(self._reading.tokens) and at not in self._symptoms and self._reading.is_filler(at):
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
        _, last = self._reading.sentence_range(hit.start)
        if any(hit.end <= until.start < last for until in self._reading.hits.get("until", ())):
            return  # "no numbness until today"
        seen: Hit | None = None
        at = hit.end
        while at < min(count, hit.end + REACH):
            if seen and seen.start < at < seen.end:  # "burn when i pee" is one thing
                self._mark(at, strength, hit.start)
                at += 1
                continue
            if tokens[at].pause == SENTENCE or at in self._ends:
                return
            if tokens[at].pause == COMMA:
                if at == hit.end or not self._list_goes_on(at):
                    return
                if not self._or_follows(at):
                    strength = min(strength, DOUBTED)
            joiner = tokens[at].word if at in self._statements.joiners else ""
            if joiner == "and":
                if at + 1 < count and self._statements.begins_at(at + 1):
                    return
                if seen:
                    strength = min(strength, DOUBTED)
            if at in self._statements.subjects and (seen or concept not in ("doubt", "soft_not")):
                return
            if seen and at in self._statements.owners and self._pause(at) > 0:
                return
            symptom = self._symptoms.get(at)
            if symptom and seen and symptom.start >= seen.end and not self._same_list(seen, symptom):
                return
            if symptom and (seen is None or symptom.start >= seen.end):
                seen = symptom
            self._mark(at, strength, hit.start)
            at += 1

    def _same_list(self, seen: Hit, symptom: Hit) -> bool:
        """Whether a second symptom under a "no" belongs to the same denial as the first."""
        before = symptom.start - 1
        if (
            before in self._statements.joiners
            or self._pause(symptom.start)
            or self._or_follows(symptom.start)
        ):
            return True
        if seen.end == symptom.start:
            return seen.end not in self._things
        between = range(seen.end, symptom.start)
        return any(at in self._statements.joiners for at in between)

    def _list_goes_on(self, at: int) -> bool:
        return at in self._statements.joiners or any(
            start in self._symptoms for start in (at, at + 1, at + 2)
        )

    def _or_follows(self, at: int) -> bool:
        _, last = self._reading.sentence_range(at)
        words = [token.word for token in self._reading.tokens[at:last]]
        return "or" in words or "nor" in words or "etc" in words

    def _answers_backwards(self, hit: Hit) -> bool:
        """Whether this "no" stands after what it denies: "numbness no", "fever: no", "Weakness? No." """
        tokens, count = self._reading.tokens, len(self._reading.tokens)
        start, end = hit.start, hit.end
        if start == 0 or tokens[end - 1].word == "way":
            return False
        if hit.concept == "no" and tokens[start].word not in ("no", "nope", "none", "nil"):
            return False
        if start > 1 and start - 1 in self._statements.contrasts and (end == count or tokens[end].pause):
            # "I thought it was numb, but no"
            return self._deny_backwards(start - 1, self._reading.sentence_range(start)[0], DOUBTED)
        _, last = self._reading.sentence_range(start)
        closed = end == count or tokens[end].pause > 0 or end in self._statements.contrasts
        closed = closed or all(token.word in _STRESS for token in tokens[end:last])
        if tokens[start].pause == SENTENCE:
            between = self._reading.text[tokens[start - 1].end : tokens[start].start]
            first, _ = self._reading.sentence_range(start - 1)
            if not (closed and "?" in between):
                return False
            return self._deny_backwards(start, first, DENIED)
        if tokens[start].pause == COMMA:
            return closed and self._deny_backwards(start, self._statements.start_before(start - 1), DENIED)
        if not closed and tokens[last - 1].word != "no":
            return False
        return self._deny_backwards(start, self._statements.start_before(start), DENIED)

    def _deny_backwards(self, stop: int, first: int, strength: int) -> bool:
        """Deny the tokens ``first`` to ``stop`` when a symptom or place is among them."""
        said = [hit for hit in self._reading.all_hits if first <= hit.start < stop]
        if not said:
            return False
        for at in range(first, stop):
            self._mark(at, strength, stop)
        return True
