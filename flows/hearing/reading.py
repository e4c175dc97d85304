"""A text as the rules see it: tokens, phrases found, and how far apart they stand."""

from bisect import bisect_right
from collections.abc import Iterable, Mapping

from flows.hearing.phrases import Hit, PhraseIndex, is_turned_round
from flows.hearing.tokens import COMMA, SENTENCE, Token
from flows.hearing.words import Words

_PAUSE_COST = {COMMA: 1, SENTENCE: 3}
_CONTRAST_COST = 5
_HIDES = {("symptom", "word"), ("language", "word")}


class Reading:
    """One text, read. ``hits`` maps each concept found to its hits in order.

    ``grammar`` is that of the language it was read in.
    """

    def __init__(
        self,
        text: str,
        tokens: list[Token],
        index: PhraseIndex,
        words: Words,
        kinds: Mapping[str, str],
    ) -> None:
        self.text = text
        self.tokens = tokens
        self.grammar = words.grammar
        everything = index.find_all(tokens)
        self.all_hits = index.outermost(
            everything,
            tokens,
            lambda longer, shorter, by_fillers: hides(kinds[longer], kinds[shorter], by_fillers),
        )
        self._named = {name for _, _, name in everything}
        self.hits: dict[str, list[Hit]] = {}
        for hit in self.all_hits:
            self.hits.setdefault(hit.concept, []).append(hit)
            general, dot, _ = hit.concept.partition(".")
            if dot:  # `leg.both` is also `leg`
                self.hits.setdefault(general, []).append(hit)
        self._fillers = fillers = words.fillers
        # Where a question has turned "I" round ("why can't I feel my foot").
        self.turned_round = {at for at in range(1, len(tokens)) if is_turned_round(tokens, at, words.grammar)}
        contrasts = {hit.start for hit in self.hits.get("contrast", ())}
        self._sentences: list[int] = []
        self._places: list[int] = []
        place = 0
        for number, token in enumerate(tokens):
            if token.pause == SENTENCE:
                self._sentences.append(number)
            if token.pause:
                place += _PAUSE_COST[token.pause]
            if number in contrasts:
                place += _CONTRAST_COST
            self._places.append(place)
            if token.word not in fillers:
                place += 1
        self._places.append(place)

    def says_no(self, hit: Hit) -> bool:
        """Whether a "no" is among the words of ``hit``."""
        return any(token.word in self.grammar.negatives for token in self.tokens[hit.start : hit.end])

    def is_filler(self, token: int) -> bool:
        """Whether token number ``token`` is a word that changes nothing ("really")."""
        return self.tokens[token].word in self._fillers

    def gap(self, first: Hit, second: Hit) -> int:
        """Words between two hits, fillers not counted, punctuation and "but" counted extra.

        0 when they share a word ("fell on", "on my back"), negative when one holds the other.
        """
        if first.start > second.start:
            first, second = second, first
        if first.end > second.start:
            return 0 if first.start < second.start and first.end < second.end else -1
        return self._places[second.start] - self._places[first.end]

    def sentence_of(self, token: int) -> int:
        """The number of the sentence that holds token number ``token``."""
        return bisect_right(self._sentences, token) - 1

    def sentence_range(self, token: int) -> tuple[int, int]:
        """First token, and the token after the last, of the sentence that holds ``token``."""
        number = self.sentence_of(token)
        last = self._sentences[number + 1] if number + 1 < len(self._sentences) else len(self.tokens)
        return self._sentences[number], last

    def clause_of(self, hit: Hit) -> tuple[int, int]:
        """First token, and the token after the last, of the clause around ``hit``: to a pause or "but"."""
        tokens = self.tokens
        breaks = {other.start for other in self.hits.get("contrast", ())}
        breaks |= {other.start for other in self.hits.get("joiner", ())}
        first, last = hit.start, hit.end
        while first > 0 and not tokens[first].pause and first - 1 not in breaks:
            first -= 1
        while last < len(tokens) and not tokens[last].pause and last not in breaks:
            last += 1
        return first, last

    def near(self, concepts: frozenset[str], token: int) -> bool:
        """Whether one of ``concepts`` stands in the same sentence as ``token``."""
        first, last = self.sentence_range(token)
        return any(first <= hit.start < last for name in concepts for hit in self.hits.get(name, ()))

    def anywhere(self, concepts: frozenset[str]) -> bool:
        """Whether one of ``concepts`` stands anywhere in the text, even inside a longer phrase."""
        return not concepts.isdisjoint(self._named)


def hides(longer: str, shorter: str, by_fillers: bool) -> bool:
    """Whether a phrase of kind ``longer`` hides what it is made of, of kind ``shorter``.

    Idioms hide everything; words that say that all is well ("no problem") all but their "no". Two symptoms
    leave each other alone: "lost control of" may go with a leg or a bladder. What a symptom does to the "no"
    in it is for `flows.hearing.denial` to say, once it is known whether it counts. A phrase that is
    longer by fillers only hides nothing, unless both are of the language ("no it is" is no "no").
    """
    if longer == "harmless" or (longer == "normal" and shorter != "language"):
        return True
    if longer == shorter == "language":
        return True
    if by_fillers or longer == shorter == "symptom":
        return False
    if longer == shorter:
        return True
    return (longer, shorter) in _HIDES


def hits_by_start(hits: Mapping[str, list[Hit]], names: frozenset[str]) -> dict[int, Hit]:
    """The hits of the concepts ``names``, by the token at which they start."""
    return {hit.start: hit for name in names for hit in hits.get(name, ())}


def overlaps(hit: Hit, others: Iterable[Hit]) -> bool:
    """Whether ``hit`` shares a word with one of ``others`` ("do not have" is a reply before a symptom)."""
    return any(other.start < hit.end and hit.start < other.end for other in others)
