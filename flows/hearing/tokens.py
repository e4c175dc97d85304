"""Cutting a text into words that are spelt as the rules spell them, with their place in the original."""

import re
from collections.abc import Iterator
from itertools import chain
from typing import NamedTuple

from flows.hearing.letters import APOSTROPHES, plain, written
from flows.hearing.spelling import Speller
from flows.hearing.words import Words

_PIECE = re.compile(rf"[^\W_]+(?:[{APOSTROPHES}*][^\W_]+)*|\S")
_APOSTROPHE = re.compile(f"[{APOSTROPHES}]")
_MIXED = re.compile(r"(\d+)([a-z]{2,})$")
_LONG_RUN = re.compile(r"(.)\1\1+")
_WORDS_TO_TELL = 3
# A text longer than any SMS is read at its beginning and its end.
_LONGEST = 8000
_ENDS = frozenset(".?!;\n…|¿¡")
_COMMAS = frozenset(',:()[]–—"*')

NO_PAUSE, COMMA, SENTENCE = 0, 1, 2


class Token(NamedTuple):
    """One word. ``text[start:end]`` of the original is where it was written.

    ``stem`` is its dictionary key, ``exact`` the key of the word as it stands; ``pause`` is the
    strongest punctuation before it (`NO_PAUSE`, `COMMA` or `SENTENCE`).
    """

    word: str
    stem: str
    exact: str
    start: int
    end: int
    pause: int


class Reader:
    """Turns texts into tokens, with the words and the speller of one language and flow."""

    def __init__(self, words: Words, speller: Speller) -> None:
        self._words = words
        self._grammar = words.grammar
        self._speller = speller
        self._known: dict[str, tuple[tuple[str, str, str], ...]] = {}

    def read(self, text: str) -> list[Token]:
        """The tokens of ``text``, in order; of a very long one those of its beginning and its end."""
        tokens: list[Token] = []
        pause = SENTENCE
        previous_end = 0
        for match in _pieces(text):
            piece, start, end = match.group(), match.start(), match.end()
            if "\n" in text[previous_end:start]:
                pause = SENTENCE
            gap = start > previous_end
            previous_end = end
            first = piece[0]
            if not first.isalnum():
                if first in _ENDS:
                    pause = SENTENCE
                elif first in _COMMAS or (first == "-" and gap and text[end : end + 1] == " "):
                    pause = max(pause, COMMA)
                elif first in self._grammar.signs:
                    piece = self._grammar.signs[first]
                elif first not in self._words.short:
                    pause = max(pause, SENTENCE if ord(first) > 0x2100 else NO_PAUSE)
                if not (piece[0].isalnum() or first in self._words.short):
                    continue
            for word, stem, exact in self._resolve(piece):
                tokens.append(Token(word, stem, exact, start, end, pause))
                pause = NO_PAUSE
        return self._joined(tokens)

    def foreign(self, tokens: list[Token]) -> bool:
        """Whether fewer than half of the words are known; two unknown words alone may be a name."""
        words = [token.word for token in tokens if token.word.isalpha()]
        if len(words) < _WORDS_TO_TELL and all(map(str.isascii, words)):
            return False
        return 2 * sum(map(self._speller.knows, words)) < len(words)

    def known_words(self, text: str) -> tuple[int, int]:
        """How many words of ``text`` are spelt as this language spells them, and how many there are."""
        words = [plain(match.group()) for match in _pieces(text) if match.group()[0].isalpha()]
        return sum(word in self._words.short or self._speller.knows(word) for word in words), len(words)

    def _resolve(self, piece: str) -> tuple[tuple[str, str, str], ...]:
        found = self._known.get(piece)
        if found is None:
            found = tuple((word, self._words.stem(word), "=" + word) for word in self._spelt(piece))
            if len(self._known) < 50_000:
                self._known[piece] = found
        return found

    def _spelt(self, piece: str) -> tuple[str, ...]:
        short = self._words.short
        accented = written(piece)
        if accented in short:
            return short[accented]
        word = plain(piece)
        if word in short:
            return short[word]
        parts = [part for part in _APOSTROPHE.split(piece.casefold()) if part]
        if len(parts) == 2:
            for before, tail, meant in self._grammar.contractions:
                if parts[1] == tail and parts[0].endswith(before):
                    first = (parts[0].removesuffix(before),) if before else self._spelt(parts[0])
                    return (*first, meant)
        mixed = _MIXED.match(word)
        if mixed and mixed.group(2) not in self._grammar.ordinal_endings:
            return (mixed.group(1), *self._spelt(mixed.group(2)))
        if self._speller.knows(word):
            return (word,)
        if _LONG_RUN.search(word):
            double, single = _LONG_RUN.sub(r"\1\1", word), _LONG_RUN.sub(r"\1", word)
            for shorter in (double, single):
                if shorter in short or self._speller.knows(shorter):
                    return short.get(shorter, (shorter,))
            word = single
        return self._speller.correct(word)

    def _joined(self, tokens: list[Token]) -> list[Token]:
        """``tokens`` with words joined again that were split ("numb ness", "don t")."""
        if len(tokens) < 2:
            return tokens
        joined: list[Token] = []
        for token in tokens:
            last = joined[-1] if joined else None
            if last and not token.pause and (len(token.word) < 6 or len(last.word) < 6):
                pair = last.word + token.word
                whole = self._pair(last.word, token.word, pair)
                if whole:
                    joined.pop()
                    for word in whole:
                        stem = self._words.stem(word)
                        joined.append(Token(word, stem, "=" + word, last.start, token.end, last.pause))
                    continue
            joined.append(token)
        return joined

    def _pair(self, first: str, second: str, pair: str) -> tuple[str, ...]:
        spoken = self._words.short.get(f"{first} {second}")
        if spoken:
            return spoken
        if pair in self._words.short and any(
            before and second == tail and first.endswith(before)
            for before, tail, _ in self._grammar.contractions
        ):
            return self._words.short[pair]
        if self._speller.rejoins(first, second):
            return (pair,)
        return ()


def _pieces(text: str) -> Iterator[re.Match[str]]:
    if len(text) <= _LONGEST:
        return _PIECE.finditer(text)
    half = _LONGEST // 2
    return chain(_PIECE.finditer(text, 0, half), _PIECE.finditer(text, len(text) - half))
