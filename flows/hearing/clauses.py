"""What each word of a text is subject to: denied, doubted, long past, or only supposed.

Everything here works on concepts of the language's own files (``negation.yaml``, ``time.yaml``), so
the words can be extended without Python. A doubtful denial is kept apart from a plain one: it must
lead to a question and never clear anybody.
"""

from collections.abc import Mapping, Sequence

from flows.hearing.phrases import Hit
from flows.hearing.reading import Reading, hits_by_start
from flows.hearing.rules import Match
from flows.hearing.tokens import COMMA, SENTENCE

AFFIRMED, DOUBTED, DENIED = 0, 1, 2

NEGATIVE = frozenset({"no", "not", "without", "nothing", "never"})
_STRENGTH = {"no": DENIED, "no_next": DENIED, "not": DENIED, "soft_not": DOUBTED, "doubt": DOUBTED}
_SUBJECTS = frozenset({"subject"})
_OWNERS = frozenset({"owner"})
_JOINERS = frozenset({"joiner"})
_CONTRAST = frozenset({"contrast"})
_ENDS = frozenset({"ends_denial"})
_LITTLE = 3
# Without punctuation nothing else ends a clause: so many words on, a scope is over.
_REACH = 14
# After these an owner ("my") is part of the same statement: "if I lose feeling in my leg".
_AFTER = frozenset(
    ["in", "of", "on", "around", "with", "at", "down", "to", "from", "between", "over", "into", "lose",
     "feel", "move", "lift", "bend", "the"]
)  # fmt: skip


class Clauses:
    """The scopes in one reading.

    ``denial[i]`` is `AFFIRMED`, `DOUBTED` or `DENIED` for token ``i``, ``denied_from[i]`` the token
    where that denial begins, ``past[i]`` and ``supposed[i]`` whether it is long ago or hypothetical.
    """

    def __init__(self, reading: Reading, kinds: Mapping[str, str], matches: Sequence[Match] = ()) -> None:
        """``matches``: what the rules found; a "no" that is part of a symptom among them denies nothing."""
        self._reading = reading
        count = len(reading.tokens)
        self.denial = [AFFIRMED] * count
        self.denied_from = [-1] * count
        self.denials = [0] * count
        self.past = [False] * count
        self.supposed = [False] * count
        hits = reading.hits
        self._subjects = hits_by_start(hits, _SUBJECTS)
        self._owners = hits_by_start(hits, _OWNERS)
        self._joiners = hits_by_start(hits, _JOINERS)
        self._contrasts = hits_by_start(hits, _CONTRAST)
        self._symptoms = {h.start: h for h in reading.all_hits if kinds.get(h.concept) == "symptom"}
        self._ends = self._contrasts | hits_by_start(hits, _ENDS)
        self._things = {h.end for h in hits.get("thing", ())}
        spent = _spent(matches)
        self._deny(spent)
        for hit in hits.get("post_no", ()):
            self._deny_backwards(hit.start, self._clause_start(hit.start), DENIED)
        for concept in ("what_if", "if"):
            for hit in hits.get(concept, ()):
                if not spent.issuperset(range(hit.start, hit.end)):
                    self._suppose(hit, stops_at_comma=concept == "if")
        self._suppose_questions()
        for hit in hits.get("past", ()):
            self._mark_past(hit)
        for hit in hits.get("over", ()):
            first = max(reading.sentence_range(hit.start)[0], hit.start - _REACH)
            self.past[first : hit.start] = [True] * (hit.start - first)

    def _deny(self, spent: set[int]) -> None:
        """Mark what each negator denies, but for those at the tokens ``spent``."""
        tokens = self._reading.tokens
        found = (hit for name in _STRENGTH for hit in self._reading.hits.get(name, ()))
        reached, last_word = 0, ""
        for hit in sorted(found, key=lambda one: (one.start, -one.end)):
            # "have not had any" holds several phrases that say the same no once; so does "no no".
            again = hit.start < reached or (hit.start == reached and last_word == tokens[hit.start].word)
            reached, last_word = max(reached, hit.end), tokens[hit.end - 1].word
            if again or self._is_spent(hit, spent):
                continue
            if hit.concept == "no_next":
                self._deny_next(hit)
            elif not (hit.concept == "no" and self._answers_backwards(hit)):
                self._deny_forwards(hit, _STRENGTH[hit.concept], hit.concept)

    def _is_spent(self, hit: Hit, spent: set[int]) -> bool:
        """Whether the negative word of ``hit`` (all of it, if it has none) belongs to a symptom."""
        own = range(hit.start, hit.end)
        negative = [at for at in own if self._reading.tokens[at].word in NEGATIVE]
        return spent.issuperset(negative or own)

    def _deny_next(self, hit: Hit) -> None:
        """ "Nothing numb": denies the symptom that follows at once, and nothing else."""
        at = hit.end
        while at < len(self._reading.tokens) and at not in self._symptoms and self._reading.is_filler(at):
            at += 1
        symptom = self._symptoms.get(at)
        if symptom:
            for at in range(symptom.start, symptom.end):
                self._mark(at, DENIED, hit.start)

    def _starts_clause(self, at: int) -> bool:
        """Whether a new statement begins at token ``at`` ("and my leg", "i have")."""
        if at in self._subjects:
            return True
        previous = self._reading.tokens[at - 1].word if at else ""
        return at in self._owners and (at - 1 in self._joiners or previous == "" or self._pause(at) > 0)

    def _pause(self, at: int) -> int:
        return self._reading.tokens[at].pause

    def _mark(self, at: int, strength: int, source: int) -> None:
        self.denials[at] += strength == DENIED
        if strength > self.denial[at]:
            self.denial[at], self.denied_from[at] = strength, source

    def _deny_forwards(self, hit: Hit, strength: int, concept: str) -> None:
        tokens, count = self._reading.tokens, len(self._reading.tokens)
        _, last = self._reading.sentence_range(hit.start)
        if any(hit.end <= until.start < last for until in self._reading.hits.get("until", ())):
            return  # "no numbness until today"
        seen: Hit | None = None
        at = hit.end
        while at < min(count, hit.end + _REACH):
            if tokens[at].pause == SENTENCE or at in self._ends:
                return
            if tokens[at].pause == COMMA:
                if at == hit.end or not self._list_goes_on(at):
                    return
                if not self._or_follows(at):
                    strength = min(strength, DOUBTED)
            joiner = tokens[at].word if at in self._joiners else ""
            if joiner == "and":
                if at + 1 < count and self._starts_clause(at + 1):
                    return
                if seen:
                    strength = min(strength, DOUBTED)
            if at in self._subjects and (seen or concept not in ("doubt", "soft_not")):
                return
            if seen and at in self._owners and self._pause(at) > 0:
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
        if before in self._joiners or self._pause(symptom.start) or self._or_follows(symptom.start):
            return True
        if seen.end == symptom.start:
            return seen.end not in self._things
        between = range(seen.end, symptom.start)
        return any(at in self._joiners for at in between)

    def _list_goes_on(self, at: int) -> bool:
        return at in self._joiners or any(start in self._symptoms for start in (at, at + 1, at + 2))

    def _or_follows(self, at: int) -> bool:
        _, last = self._reading.sentence_range(at)
        words = [token.word for token in self._reading.tokens[at:last]]
        return "or" in words or "nor" in words or "etc" in words

    def _answers_backwards(self, hit: Hit) -> bool:
        """Whether this "no" stands after what it denies: "numbness no", "fever: no", "Weakness? No." """
        tokens, count = self._reading.tokens, len(self._reading.tokens)
        start, end = hit.start, hit.end
        if start == 0 or tokens[start].word not in ("no", "nope", "none", "nil"):
            return False
        if start > 1 and start - 1 in self._contrasts and (end == count or tokens[end].pause):
            # "I thought it was numb, but no"
            return self._deny_backwards(start - 1, self._reading.sentence_range(start)[0], DOUBTED)
        closed = end == count or tokens[end].pause > 0 or end in self._contrasts
        _, last = self._reading.sentence_range(start)
        if tokens[start].pause == SENTENCE:
            between = self._reading.text[tokens[start - 1].end : tokens[start].start]
            first, _ = self._reading.sentence_range(start - 1)
            if not (closed and "?" in between):
                return False
            return self._deny_backwards(start, first, DENIED)
        if tokens[start].pause == COMMA:
            return closed and self._deny_backwards(start, self._clause_start(start - 1), DENIED)
        if not closed and tokens[last - 1].word != "no":
            return False
        return self._deny_backwards(start, self._clause_start(start), DENIED)

    def _deny_backwards(self, stop: int, first: int, strength: int) -> bool:
        """Deny the tokens ``first`` to ``stop`` when a symptom or place is among them."""
        said = [hit for hit in self._reading.all_hits if first <= hit.start < stop]
        if not said:
            return False
        for at in range(first, stop):
            self._mark(at, strength, stop)
        return True

    def _clause_start(self, at: int) -> int:
        """The first token of the clause before ``at``: after a pause, a contrast, or an earlier "no"."""
        tokens = self._reading.tokens
        while at > 0 and not tokens[at].pause and at - 1 not in self._contrasts:
            if tokens[at - 1].word in ("no", "none", "yes"):
                return at
            at -= 1
        return at

    def _suppose(self, hit: Hit, stops_at_comma: bool) -> None:
        """Mark what follows "what if", "can squats cause", "if" as not (yet) real.

        "If I bend my leg goes numb" is real: a second subject after "if" ends the supposing.
        """
        tokens = self._reading.tokens
        subjects = 0
        for at in range(hit.end, min(len(tokens), hit.end + _REACH)):
            if tokens[at].pause == SENTENCE or at in self._contrasts:
                return
            if stops_at_comma:
                subjects += at in self._subjects or (at in self._owners and tokens[at - 1].word not in _AFTER)
                if tokens[at].pause == COMMA or subjects > 1:
                    return
            self.supposed[at] = True

    def _suppose_questions(self) -> None:
        """Mark sentences that ask in general: "is numbness between the legs a red flag".

        They begin like a question and speak of nobody in particular.
        """
        hits = self._reading.hits
        speakers = {hit.start for hit in hits.get("speaker", ())}
        opening = {at for hit in hits.get("opener", ()) for at in range(hit.start, hit.end)}
        for hit in hits.get("asks", ()):
            first, last = self._reading.sentence_range(hit.start)
            if opening.issuperset(range(first, hit.start)) and speakers.isdisjoint(range(first, last)):
                self.supposed[first:last] = [True] * (last - first)

    def _mark_past(self, hit: Hit) -> None:
        """Mark the clause of ``hit`` as long ago, and its neighbours when it says little else.

        "Two years ago, my leg was numb" and "I lost all feeling, that was two years ago".
        """
        first, last = self._clause_range(hit.start)
        if last - first - (hit.end - hit.start) < _LITTLE:
            if first:
                first, _ = self._clause_range(first - 1)
            if last < len(self._reading.tokens):
                _, last = self._clause_range(last)
        first, last = max(first, hit.start - _REACH), min(last, hit.end + _REACH)
        if not any(first <= lately.start < last for lately in self._reading.hits.get("lately", ())):
            self.past[first:last] = [True] * (last - first)

    def _clause_range(self, at: int) -> tuple[int, int]:
        tokens = self._reading.tokens
        first = at
        while first > 0 and not tokens[first].pause and not self._breaks(first):
            first -= 1
        last = at + 1
        while last < len(tokens) and not tokens[last].pause and not self._breaks(last):
            last += 1
        return first, last

    def _breaks(self, at: int) -> bool:
        joined = at in self._joiners and at + 1 < len(self._reading.tokens)
        return at in self._contrasts or (joined and self._starts_clause(at + 1))


def _spent(matches: Sequence[Match]) -> set[int]:
    """The tokens of symptoms found that hold a negator of their own ("no feeling", "can not pee")."""
    found = (match for match in matches if match.rule.polarity != "denied")
    return {at for match in found for hit in match.hits for at in range(hit.start, hit.end)}
