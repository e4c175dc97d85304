"""A second pair of ears: sentence vectors that may only ever make the line ask.

Rules know the phrases that somebody wrote down. Vectors also know what is close to them ("the bar came
down across my windpipe"), but they see no negation, so they never raise a flag and never clear one: they
add "unsure" where the rules heard nothing of a flag. `bench.second_ears` trains the head and measures it.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from flows.flags import Flags, level_of
from flows.heard import Mention
from flows.hearing.polarity import token_span
from flows.hearing.reading import Reading
from flows.hearing.sentence_vectors import SentenceVectors, Vectors, weights_folder
from flows.hearing.tokens import SENTENCE, Token
from flows.levels import Level

HEAD = "second_ears.npz"
RULE = "second_ears"

# A vector of more than one thought is close to none of them, so long texts are heard in pieces of words.
_LONGEST = 18
_WINDOW = 16
_STEP = 10
_FIRST, _LAST = 8, 24


class Head(NamedTuple):
    """What was learnt: ``weights`` (384, flags) and ``bias`` (flags) give the log odds of each flag.

    ``thresholds`` are the log odds above which a flag is suspected.
    """

    flags: tuple[str, ...]
    weights: Vectors
    bias: Vectors
    thresholds: Vectors


class Suspicion(NamedTuple):
    """A flag that tokens ``start`` to ``end`` (half open) sound like; ``score`` is its log odds."""

    flag: str
    score: float
    start: int
    end: int


class SecondEars:
    """Hears what sounds like a flag. It keeps nothing between texts."""

    def __init__(self, vectors: SentenceVectors, head: Head, flags: Flags) -> None:
        self._vectors = vectors
        self._head = head
        self._flags = flags
        vectors.of(["ready"])  # reads the weights from disk now and not in somebody's first message

    @classmethod
    def load(cls, language_dir: Path, flags: Flags) -> "SecondEars | None":
        """The ears for the language in ``language_dir``; ``None`` when its head or the weights are missing.

        Raises ``OSError`` or ``ValueError`` for files that are damaged.
        """
        folder, head = weights_folder(), language_dir / HEAD
        if folder is None or not head.is_file():
            return None
        return cls(SentenceVectors(folder), read_head(head), flags)

    def doubts(self, reading: Reading, mentions: Sequence[Mention]) -> tuple[Mention, ...]:
        """The flags to ask about beside ``mentions``, which the rules found in ``reading``.

        None when the rules found an emergency, and none for a flag that they heard of at all.
        """
        if level_of(self._flags, mentions) is Level.EMERGENCY:
            return ()
        heard = {mention.flag for mention in mentions}
        return tuple(
            Mention(one.flag, "unsure", token_span(reading, one.start, one.end, RULE))
            for one in self.suspects(reading.tokens, mentions)
            if one.flag not in heard and one.flag in self._flags
        )

    def suspects(self, tokens: Sequence[Token], mentions: Sequence[Mention] = ()) -> tuple[Suspicion, ...]:
        """The flags whose score passes their threshold, in the head's order.

        Pieces in which ``mentions`` deny something are not listened to.
        """
        ranges = audible(tokens, mentions)
        if not ranges:
            return ()
        scores = self.scores([words(tokens, *one) for one in ranges])
        best = scores.argmax(axis=0)
        return tuple(
            Suspicion(flag, float(scores[best[number], number]), *ranges[best[number]])
            for number, flag in enumerate(self._head.flags)
            if scores[best[number], number] > self._head.thresholds[number]
        )

    def scores(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Log odds of each flag for each of ``texts``: shape (len(texts), flags)."""
        return self._vectors.of(texts) @ self._head.weights + self._head.bias


def read_head(path: Path) -> Head:
    """The head that `write_head` wrote. Raises ``ValueError`` or ``KeyError`` for another file."""
    with np.load(path, allow_pickle=False) as data:
        numbers = (data[name].astype(np.float32) for name in ("weights", "bias", "thresholds"))
        return Head(tuple(str(flag) for flag in data["flags"]), *numbers)


def write_head(path: Path, head: Head) -> None:
    """Keeps ``head`` in half precision, which is far finer than what it was learnt from."""
    numbers = {name: getattr(head, name).astype(np.float16) for name in ("weights", "bias", "thresholds")}
    np.savez(path, allow_pickle=False, flags=np.array(head.flags), **numbers)


def audible(tokens: Sequence[Token], mentions: Sequence[Mention]) -> list[tuple[int, int]]:
    """The pieces of a text in which the rules found no denial; vectors would take one for the symptom."""
    denials = [mention.span for mention in mentions if mention.polarity == "denied"]
    return [
        (start, end)
        for start, end in pieces(tokens)
        if not any(one.start < tokens[end - 1].end and tokens[start].start < one.end for one in denials)
    ]


def pieces(tokens: Sequence[Token]) -> Iterator[tuple[int, int]]:
    """The ranges of tokens that are listened to one by one: sentences, packed together while short.

    A sentence without end is cut into overlapping windows. Of a very long text only the first and the
    last pieces are heard, so that the time for a text is bounded.
    """
    found = list(_pieces(tokens))
    yield from found[:_FIRST]
    yield from found[max(_FIRST, len(found) - _LAST) :]


def _pieces(tokens: Sequence[Token]) -> Iterator[tuple[int, int]]:
    starts = [number for number, token in enumerate(tokens) if token.pause == SENTENCE or number == 0]
    begun = 0
    for start, end in pairwise([*starts, len(tokens)]):
        if end - begun <= _LONGEST:
            continue
        if begun < start:
            yield begun, start
        begun = start
        if end - start > _LONGEST:
            for first in range(start, end - (_WINDOW - _STEP), _STEP):
                yield first, min(first + _WINDOW, end)
            begun = end
    if begun < len(tokens):
        yield begun, len(tokens)


def words(tokens: Sequence[Token], start: int, end: int) -> str:
    """Tokens ``start`` to ``end`` as the vectors read them: spelt right, a full stop between sentences."""
    stops = (". " if token.pause == SENTENCE else " " for token in tokens[start + 1 : end])
    return tokens[start].word + "".join(
        stop + token.word for stop, token in zip(stops, tokens[start + 1 : end], strict=True)
    )
