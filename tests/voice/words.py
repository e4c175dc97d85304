"""How much of what was said was heard."""

import re
from collections import Counter

_FIGURES = {"15": "fifteen", "20": "twenty", "10": "ten", "0": "zero", "3": "three"}


def overlap(said: str, heard: str) -> float:
    """The share of the words of ``said`` that are also in ``heard``, from 0 to 1."""
    wanted, found = _words(said), _words(heard)
    return (wanted & found).total() / wanted.total()


def _words(text: str) -> Counter[str]:
    return Counter(_FIGURES.get(word, word) for word in re.findall(r"[a-z0-9']+", text.lower()))
