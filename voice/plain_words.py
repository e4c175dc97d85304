"""Words as they are compared: in small letters and without accents."""

import re
import unicodedata
from collections.abc import Iterable

_WORD = re.compile(r"\+|\d+|[^\W\d_]+(?:'[^\W\d_]+)*")


def plain_words(text: str) -> list[str]:
    """The words of ``text``, its numbers, and each plus sign."""
    parts = unicodedata.normalize("NFD", text.lower().replace("’", "'"))
    return _WORD.findall("".join(letter for letter in parts if not unicodedata.combining(letter)))


def contains(text: str, phrases: Iterable[str]) -> bool:
    """Whether one of ``phrases`` is in ``text``, word for word."""
    said = f" {' '.join(plain_words(text))} "
    return any(f" {' '.join(plain_words(phrase))} " in said for phrase in phrases)
