"""How a text is cut up on its way: what Twilio takes at once."""

import re
import unicodedata

import smsutil

# Twilio refuses a longer body (error 21617).
BODY_LIMIT = 1600

_LIKENESS = str.maketrans({"‘": "'", "’": "'", "“": '"', "”": '"', "–": "-", "—": "-", "`": "'"})
_SENTENCE_END = re.compile(r"(?<=[.?!])\s+|\n+")


def bodies(text: str, limit: int = BODY_LIMIT) -> list[str]:
    """``text`` in bodies of at most ``limit`` characters, cut at the end of a sentence where there is one."""
    rest, cut = text.strip(), []
    while len(rest) > limit:
        ends = [found.start() for found in _SENTENCE_END.finditer(rest, 0, limit + 1)]
        end = ends[-1] if ends else rest.rfind(" ", 1, limit + 1)
        end = end if end > 0 else limit
        cut.append(rest[:end].rstrip())
        rest = rest[end:].lstrip()
    return [*cut, rest] if rest else cut


def plain(text: str) -> str:
    """``text`` in GSM-7 and on one line. A single other character would halve what a segment holds.

    Accents that GSM-7 lacks are taken off; what has no likeness there, such as an emoji, is left out.
    """
    printable = "".join(char if char.isprintable() else " " for char in text.translate(_LIKENESS))
    kept = "".join(char if smsutil.is_valid_gsm(char) else _bare(char) for char in printable)
    return " ".join(kept.split())


def _bare(char: str) -> str:
    return "".join(one for one in unicodedata.normalize("NFKD", char) if smsutil.is_valid_gsm(one))
