"""Phrases as authors write them, and the index that finds all of them in one pass over a text.

A phrase is words with a space between. ``a/b`` is either word, ``[word]`` may be left out (``[a/b]``
too), and ``legs!`` is that very form; any other word stands for all its forms (``leak``, ``leaking``).
Fillers ("really", "my") may stand between the words of a phrase without being written.
"""

from collections.abc import Callable, Iterable, Mapping
from itertools import product
from typing import Any, NamedTuple

from flows.hearing.tokens import Token
from flows.hearing.words import Words, plain

_MOST_FILLERS = 4
_ENDS_HERE = ""


class Hit(NamedTuple):
    """A phrase of ``concept`` found at tokens ``start`` to ``end`` (half open)."""

    concept: str
    start: int
    end: int


def expand(phrase: str, words: Words) -> list[tuple[str, ...]]:
    """Every way to say ``phrase``, each a tuple of words (``!`` still on exact ones).

    Raises ``ValueError`` for an empty phrase or an unclosed bracket.
    """
    choices: list[list[tuple[str, ...]]] = []
    for piece in phrase.split():
        optional = piece.startswith("[")
        if optional != piece.endswith("]"):
            raise ValueError(f"`{phrase}` has an unclosed bracket")
        options = [_meant(option, words) for option in piece.strip("[]").split("/")]
        if any(not option for option in options):
            raise ValueError(f"`{phrase}` has an empty word")
        choices.append([*options, ()] if optional else options)
    ways = [tuple(word for option in way for word in option) for way in product(*choices)]
    ways = [way for way in ways if way]
    if not ways:
        raise ValueError("an empty phrase")
    return ways


def _meant(option: str, words: Words) -> tuple[str, ...]:
    if option.endswith("!"):
        return (plain(option),)
    word = plain(option)
    return words.short.get(word, (word,)) if word else ()


class PhraseIndex:
    """All phrases of all concepts, filed by their words."""

    def __init__(self, concepts: Mapping[str, Iterable[str]], words: Words) -> None:
        """``concepts``: concept name to its phrases. Raises ``ValueError`` for a malformed phrase."""
        self._root: dict[str, Any] = {}
        self._fillers = words.fillers
        vocabulary: set[str] = set()
        for name, phrases in concepts.items():
            for phrase in phrases:
                for way in expand(phrase, words):
                    self._add(way, name, words)
                    vocabulary.update(word.removesuffix("!") for word in way)
                    short = tuple(word for word in way if word not in words.articles)
                    if 2 <= len(short) < len(way):
                        self._add(short, name, words)
        self.vocabulary = frozenset(vocabulary)
        self.names = frozenset(concepts)

    def _add(self, way: tuple[str, ...], name: str, words: Words) -> None:
        node = self._root
        for word in way:
            key = "=" + word[:-1] if word.endswith("!") else words.stem(word)
            node = node.setdefault(key, {})
        names = node.setdefault(_ENDS_HERE, [])
        if name not in names:
            names.append(name)

    def find(self, tokens: list[Token]) -> list[Hit]:
        """All hits, in order, without those that lie strictly inside a longer one."""
        return self.outermost(self.find_all(tokens), tokens, lambda _longer, _shorter: True)

    def find_all(self, tokens: list[Token]) -> list[tuple[int, int, str]]:
        """Every phrase in ``tokens`` as (start, minus end, concept), sorted: outer ones first."""
        root, fillers = self._root, self._fillers
        found: list[tuple[int, int, str]] = []
        count = len(tokens)
        for start, token in enumerate(tokens):
            nodes = [node for node in (root.get(token.stem), root.get(token.exact)) if node]
            paths = [(node, start + 1, 0) for node in nodes]
            while paths:
                node, at, skipped = paths.pop()
                for name in node.get(_ENDS_HERE, ()):
                    found.append((start, -at, name))
                if at == count or (at and tokens[at].pause):
                    continue
                self._follow(tokens, node, at, skipped, fillers, paths)
        return sorted(set(found))

    def outermost(
        self, found: list[tuple[int, int, str]], tokens: list[Token], hides: Callable[[str, str], bool]
    ) -> list[Hit]:
        """``found`` (as `find_all` gives it) without what lies inside a longer phrase that hides it.

        ``hides(longer, shorter)`` says whether the one concept may hide the other. A phrase that is
        longer by fillers only ("lose control of") hides nothing.
        """
        hits: list[Hit] = []
        outer: list[Hit] = []
        for start, minus_end, name in found:
            hit = Hit(name, start, -minus_end)
            outer = [one for one in outer if one.end > start]
            if not any(self._covers(one, hit, tokens) and hides(one.concept, name) for one in outer):
                hits.append(hit)
                outer.append(hit)
        return hits

    def _covers(self, outer: Hit, hit: Hit, tokens: list[Token]) -> bool:
        """Whether ``outer`` holds ``hit`` and says more than it."""
        if hit.end > outer.end or hit[1:] == outer[1:]:
            return False
        more = (*tokens[outer.start : hit.start], *tokens[hit.end : outer.end])
        return any(token.word not in self._fillers for token in more)

    @staticmethod
    def _follow(
        tokens: list[Token],
        node: dict[str, Any],
        at: int,
        skipped: int,
        fillers: frozenset[str],
        paths: list[tuple[dict[str, Any], int, int]],
    ) -> None:
        """Add to ``paths`` every way on from ``node``: over the next word, and past following fillers."""
        while at < len(tokens) and (skipped == 0 or not tokens[at].pause):
            token = tokens[at]
            for key in (token.stem, token.exact):
                child = node.get(key)
                if child is not None:
                    paths.append((child, at + 1, 0))
            if token.word not in fillers or skipped == _MOST_FILLERS:
                return
            at, skipped = at + 1, skipped + 1
