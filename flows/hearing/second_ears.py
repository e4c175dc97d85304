"""A second pair of ears: a small network that may only ever make the line ask.

Rules know the phrases that somebody wrote down. The network also knows what is close to them ("the bar
came down across my windpipe"), but it cannot say why, so it never raises a flag and never clears one: it
adds "unsure" where the rules heard nothing of a flag, or heard it denied and the network is quite sure of
the opposite. `bench.train_second_ears` trains it on the corpus and `bench.second_ears` measures it.
"""

import logging
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple
from zipfile import BadZipFile

import numpy as np

from flows.heard import Mention
from flows.hearing.polarity import token_span
from flows.hearing.reading import Reading
from flows.hearing.sentence_vectors import SentenceVectors, Vectors, weights_folder
from flows.hearing.tokens import COMMA, SENTENCE, Token

log = logging.getLogger("spotter")

FILE = "second_ears.npz"
RULE = "second_ears"

# The network was trained on pieces of this many words; a longer text is heard in overlapping pieces.
LONGEST = 48
_WINDOW = 40
_STEP = 28
# Of a very long text only the first and the last pieces are heard, so that the time for it is bounded.
_FIRST, _LAST = 4, 8
# Texts of so few words come again and again ("none of those"); a longer one hardly ever does.
SHORT = 5
_REMEMBERED = 4096


class Head(NamedTuple):
    """What turns a vector into flags: ``weights`` (384, flags) and ``bias`` (flags) give log odds.

    Above ``suspects`` a flag is asked about; above ``insists`` even when the rules heard it denied.
    """

    flags: tuple[str, ...]
    weights: Vectors
    bias: Vectors
    suspects: Vectors
    insists: Vectors


class SecondEars:
    """Hears what sounds like a flag. Of a text it keeps nothing but the scores of short answers."""

    def __init__(self, vectors: SentenceVectors, head: Head) -> None:
        self._vectors = vectors
        self._head = head
        self._short = lru_cache(_REMEMBERED)(lambda text: self.scores([text]))

    def doubts(self, reading: Reading, mentions: Sequence[Mention]) -> tuple[Mention, ...]:
        """``mentions``, which the rules found in ``reading``, with the flags to ask about beside them."""
        tokens = reading.tokens
        if not tokens:
            return tuple(mentions)
        cut = list(pieces(tokens))
        texts = [spoken(reading.text, tokens, *one) for one in cut]
        scores = self._short(texts[0]) if len(tokens) <= SHORT else self.scores(texts)
        heard = {mention.flag: mention for mention in mentions}
        best = scores.argmax(axis=0)
        for number, flag in enumerate(self._head.flags):
            known = heard.get(flag)
            limits = self._head.insists if known else self._head.suspects
            sure = scores[best[number], number] > limits[number]
            if sure and (known is None or known.polarity == "denied"):
                start, end = cut[best[number]]
                heard[flag] = Mention(flag, "unsure", token_span(reading, start, end, RULE))
        return tuple(heard.values())

    def scores(self, texts: Sequence[str]) -> Vectors:
        """Log odds of each flag for each of ``texts``: shape (len(texts), flags)."""
        return self._vectors.of(texts) @ self._head.weights + self._head.bias


def load_second_ears(meaning_dir: Path) -> SecondEars | None:
    """The ears trained for ``meaning_dir``; ``None`` when none were, or the weights are not installed.

    Files that are damaged are logged and leave the rules to hear alone: that is better than no line at all.
    """
    folder, path = weights_folder(), meaning_dir / FILE
    if folder is None or not path.is_file():
        return None
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as data:
            flags = tuple(str(flag) for flag in data["flags"])
            numbers = {name: data[name].astype(np.float32) for name in data.files if name != "flags"}
        head = Head(flags, *(numbers.pop(f"head.{name}") for name in Head._fields[1:]))
        ears = SecondEars(SentenceVectors(folder, numbers), head)
        ears.scores(["ready"])  # reads the weights from disk now and not in somebody's first message
    except (OSError, ValueError, KeyError, BadZipFile) as error:
        log.warning("the second ears cannot be used, the rules hear alone: %s: %s", path, error)
        return None
    return ears


def pieces(tokens: Sequence[Token]) -> Iterator[tuple[int, int]]:
    """The ranges of tokens that are listened to one by one: all of a short text, windows of a long one."""
    if len(tokens) <= LONGEST:
        yield 0, len(tokens)
        return
    starts = list(range(0, len(tokens) - (_WINDOW - _STEP), _STEP))
    kept = starts[:_FIRST] + starts[max(_FIRST, len(starts) - _LAST) :]
    for start in kept:
        yield start, min(start + _WINDOW, len(tokens))


def spoken(text: str, tokens: Sequence[Token], start: int, end: int) -> str:
    """Tokens ``start`` to ``end`` as the network reads them: spelt right, with their stops.

    A question mark counts: "can squats make you wet yourself?" is about nobody.
    """
    words = [tokens[start].word]
    for before, token in pairwise(tokens[start:end]):
        if token.pause:
            gap = text[before.end : token.start]
            words.append("?" if "?" in gap else {COMMA: ",", SENTENCE: "."}[token.pause])
        words.append(token.word)
    after = tokens[end].start if end < len(tokens) else len(text)
    if "?" in text[tokens[end - 1].end : after]:
        words.append("?")
    return " ".join(words)
