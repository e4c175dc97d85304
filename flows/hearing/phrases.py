"""Phrases as authors write them, and the index that finds all of them in one pass over a text.

A phrase is words with a space between. ``a/b`` is either word, ``[word]`` may be left out (``[a/b]``
too), and ``legs!`` is that very form; any other word stands for all its forms (``leak``, ``leaking``).
Fillers ("really", "my") may stand between the words of a phrase without being written, and its articles
may be missing.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import NamedTuple

from flows.hearing.grammar import Grammar
from flows.hearing.letters import plain
from flows.hearing.tokens import Token
from flows.hearing.words import Words

_MOST_FILLERS = 4


class Hit(NamedTuple):
    """A phrase of ``concept`` found at tokens ``start`` to ``end`` (half open)."""

    concept: str
    start: int
    end: int


class Piece(NamedTuple):
    """One place in a phrase: the ways to fill it, each one or more words (``!`` still on exact ones)."""

    options: tuple[tuple[str, ...], ...]
    optional: bool


Phrase = tuple[Piece, ...]


def is_turned_round(tokens: list[Token], at: int, grammar: Grammar) -> bool:
    """Whether token ``at`` is a subject that a question has put behind its "not": "why can't I feel"."""
    return tokens[at].word in grammar.turned_subjects and tokens[at - 1].word in grammar.verb_not


def parse_phrase(phrase: str, words: Words) -> Phrase:
    """``phrase`` piece by piece. Raises ``ValueError`` for an empty phrase or an unclosed bracket."""
    pieces = [_piece(written, words) for written in phrase.split()]
    if not all(all(piece.options) for piece in pieces):
        raise ValueError(f"`{phrase}` has an unclosed bracket or an empty word")
    if all(piece.optional for piece in pieces):
        raise ValueError("an empty phrase")
    said = [piece for piece in pieces if not piece.optional and not _is_article(piece, words)]
    if len(said) < 2 or len(said) == len(pieces):
        return tuple(pieces)
    return tuple(Piece(piece.options, piece.optional or _is_article(piece, words)) for piece in pieces)


def words_of(phrases: Iterable[Phrase]) -> set[str]:
    """Every word in ``phrases``, as written there but for the ``!``."""
    return {
        word.removesuffix("!")
        for phrase in phrases
        for piece in phrase
        for option in piece.options
        for word in option
    }


@cache
def _piece(written: str, words: Words) -> Piece:
    """One word of a phrase. The same few thousand words make up all phrases, so each is read once."""
    optional = written.startswith("[")
    if optional != written.endswith("]"):
        return Piece(((),), optional)
    return Piece(tuple(_meant(option, words) for option in written.strip("[]").split("/")), optional)


def _meant(option: str, words: Words) -> tuple[str, ...]:
    if option.endswith("!"):
        return (plain(option),)
    word = plain(option)
    return words.short.get(word, (word,)) if word else ()


def _is_article(piece: Piece, words: Words) -> bool:
    return all(len(option) == 1 and option[0] in words.articles for option in piece.options)


class _Node:
    """A set of places in phrases that a text may have reached: ``names`` are the concepts complete here.

    ``next`` remembers where each word leads, filled in as texts are read.
    """

    __slots__ = ("names", "next", "places")

    def __init__(self, places: tuple[int, ...], names: tuple[str, ...]) -> None:
        self.places = places
        self.names = names
        self.next: dict[str, _Node | None] = {}


class PhraseIndex:
    """All phrases of all concepts as one automaton.

    Phrases are kept as alternatives side by side (many more can be said than are written); the
    combinations that occur in texts are worked out once, when first met.
    """

    def __init__(self, concepts: Mapping[str, Iterable[Phrase]], words: Words) -> None:
        """``concepts``: concept name to its phrases."""
        self.names = frozenset(concepts)
        self._words = words
        self._edges: list[dict[str, list[int]]] = [{}]
        self._names: list[list[str]] = [[]]
        self._shared: dict[tuple[int, str], int] = {}
        self._nodes: dict[tuple[int, ...], _Node] = {}
        for name, phrases in concepts.items():
            for phrase in phrases:
                self._add(phrase, name)
        self._keys = frozenset(key for edges in self._edges for key in edges)
        self._root = self._node((0,))

    def _add(self, phrase: Phrase, name: str) -> None:
        reached = [0]
        for piece in phrase:
            if len(piece.options) == 1 and len(reached) == 1 and not piece.optional:
                place = reached[0]
                for word in piece.options[0]:
                    place = self._shared_place(place, self._key(word))
                reached = [place]
                continue
            after = self._new_place()
            for option in piece.options:
                places = reached
                for word in option[:-1]:
                    between = self._new_place()
                    self._link(places, self._key(word), between)
                    places = [between]
                self._link(places, self._key(option[-1]), after)
            reached = [*reached, after] if piece.optional else [after]
        for place in reached:
            if place and name not in self._names[place]:
                self._names[place].append(name)

    def _key(self, word: str) -> str:
        return "=" + word[:-1] if word.endswith("!") else self._words.stem(word)

    def _new_place(self) -> int:
        self._edges.append({})
        self._names.append([])
        return len(self._edges) - 1

    def _link(self, places: list[int], key: str, after: int) -> None:
        for place in places:
            self._edges[place].setdefault(key, []).append(after)

    def _shared_place(self, place: int, key: str) -> int:
        """The place after ``key`` that all phrases with the same beginning share."""
        after = self._shared.get((place, key))
        if after is None:
            after = self._shared[place, key] = self._new_place()
            self._link([place], key, after)
        return after

    def _node(self, places: tuple[int, ...]) -> _Node:
        node = self._nodes.get(places)
        if node is None:
            names = tuple(dict.fromkeys(name for place in places for name in self._names[place]))
            node = self._nodes.setdefault(places, _Node(places, names))
        return node

    def _step(self, node: _Node, token: Token) -> _Node | None:
        """Where ``token`` leads from ``node``."""
        if token.stem not in self._keys and token.exact not in self._keys:
            return None
        after: set[int] = set()
        for place in node.places:
            edges = self._edges[place]
            after.update(edges.get(token.stem, ()), edges.get(token.exact, ()))
        found = self._node(tuple(sorted(after))) if after else None
        node.next[token.exact] = found
        return found

    def find(self, tokens: list[Token]) -> list[Hit]:
        """All hits, in order, without those that lie strictly inside a longer one."""
        return self.outermost(self.find_all(tokens), tokens, _unless_fillers)

    def find_all(self, tokens: list[Token]) -> list[tuple[int, int, str]]:
        """Every phrase in ``tokens`` as (start, minus end, concept), sorted: outer ones first."""
        fillers, grammar, count = self._words.fillers, self._words.grammar, len(tokens)
        found: set[tuple[int, int, str]] = set()
        for start, first in enumerate(tokens):
            node = self._root.next.get(first.exact, self._root)
            if node is self._root:
                node = self._step(self._root, first)
            if node is None:
                continue
            paths = [(node, start + 1)]
            while paths:
                node, at = paths.pop()
                for name in node.names:
                    found.add((start, -at, name))
                skipped = 0
                while at < count and not tokens[at].pause:
                    token = tokens[at]
                    after = node.next.get(token.exact, node)
                    if after is node:
                        after = self._step(node, token)
                    at += 1
                    if after is not None:
                        paths.append((after, at))
                    if skipped == _MOST_FILLERS or not (
                        token.word in fillers or is_turned_round(tokens, at - 1, grammar)
                    ):
                        break
                    skipped += 1
        return sorted(found)

    def outermost(
        self, found: list[tuple[int, int, str]], tokens: list[Token], hides: Callable[[str, str, bool], bool]
    ) -> list[Hit]:
        """``found`` (as `find_all` gives it) without what lies inside a longer phrase that hides it.

        ``hides(longer, shorter, by_fillers)`` says whether the one concept hides the other;
        ``by_fillers`` when it is longer by fillers only ("lose control of").
        """
        hits: list[Hit] = []
        outer: list[Hit] = []
        for start, minus_end, name in found:
            hit = Hit(name, start, -minus_end)
            outer = [one for one in outer if one.end > start]
            if not any(
                hit.end <= one.end
                and hit[1:] != one[1:]
                and hides(one.concept, name, self._by_fillers(one, hit, tokens))
                for one in outer
            ):
                hits.append(hit)
                outer.append(hit)
        return hits

    def _by_fillers(self, outer: Hit, hit: Hit, tokens: list[Token]) -> bool:
        """Whether the words that ``outer`` has and ``hit`` has not are all fillers."""
        more = (*tokens[outer.start : hit.start], *tokens[hit.end : outer.end])
        return all(token.word in self._words.fillers for token in more)


def _unless_fillers(_longer: str, _shorter: str, by_fillers: bool) -> bool:
    return not by_fillers
