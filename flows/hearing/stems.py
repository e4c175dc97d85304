"""Stems: words without their endings, so that all forms of a word fall together."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Ending:
    """One rule: in a word of at least ``shortest`` letters, ``put`` takes the place of ``cut`` at the end.

    Not in a word that ends in one of ``unless``, nor, with ``after_vowel``, where no vowel stands before
    the ending. With ``undouble`` a double letter before the ending becomes a single one.
    """

    cut: str
    put: str = ""
    shortest: int = 0
    unless: tuple[str, ...] = ()
    after_vowel: bool = False
    undouble: bool = False


@dataclass(frozen=True)
class Stems:
    """How one language cuts its endings: in each of ``steps`` by the first rule that fits.

    Words of fewer than ``shortest_word`` letters stay as they are, and so do those that would come out
    with fewer than ``shortest_stem``. ``kept_double`` are letters that stay double.
    """

    steps: tuple[tuple[Ending, ...], ...]
    vowels: frozenset[str]
    kept_double: frozenset[str]
    shortest_word: int
    shortest_stem: int

    def of(self, word: str) -> str:
        """``word`` without its endings."""
        if len(word) < self.shortest_word or not word.isalpha():
            return word
        stem = word
        for step in self.steps:
            rule = next((rule for rule in step if self._fits(rule, stem)), None)
            if rule:
                stem = stem[: len(stem) - len(rule.cut)]
                stem = (self._single(stem) if rule.undouble else stem) + rule.put
        return stem if len(stem) >= self.shortest_stem else word

    def _fits(self, rule: Ending, word: str) -> bool:
        if not word.endswith(rule.cut) or len(word) < rule.shortest or word.endswith(rule.unless):
            return False
        return not rule.after_vowel or not self.vowels.isdisjoint(word[: len(word) - len(rule.cut)])

    def _single(self, stem: str) -> str:
        if len(stem) > 3 and stem[-1] == stem[-2] and stem[-1] not in self.kept_double:
            return stem[:-1]
        return stem
