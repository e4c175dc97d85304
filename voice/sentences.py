"""A reply in pieces, each a sentence, so that the first is heard while the next is made."""

import re
from dataclasses import dataclass

from voice.language import FIRST
from voice.spoken import spoken, spoken_twice

# Behind a full stop, with whatever closes the sentence, if another one begins there.
_END = re.compile(r"""(?<=[.!?…])["”»')\]]*\s+(?=["“«'(\[¿¡]*[A-ZÀ-ÞŒ\d])""")


@dataclass(frozen=True)
class Sentence:
    """What is on the screen (``shown``), and the same as the voice gets it (``said``)."""

    shown: str
    said: str


def sentences(text: str, language: str = FIRST, *, twice: bool = True) -> list[Sentence]:
    """``text`` in sentences; what they show, joined by spaces, is ``text`` on one line.

    A number to dial that the whole text names once is said twice, unless ``twice`` is false. What holds no
    word is part of the sentence before it.
    """
    line = " ".join(text.split())
    repeated = spoken_twice(line, language) if twice else frozenset()
    shown: list[str] = []
    for piece in _pieces(line):
        if shown and not re.search(r"\w", piece):
            shown[-1] += f" {piece}"
        else:
            shown.append(piece)
    return [Sentence(piece, spoken(piece, language, twice=repeated)) for piece in shown]


def _pieces(line: str) -> list[str]:
    at, pieces = 0, []
    for end in _END.finditer(line):
        pieces.append(line[at : end.end()].rstrip())
        at = end.end()
    return [*pieces, line[at:]] if line[at:] else pieces
