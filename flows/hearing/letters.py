"""Letters as they are compared: small, without apostrophes and, but for a few words, without accents."""

import re
import unicodedata

APOSTROPHES = "'’‘´`ʼ"
_DROPPED = re.compile(f"[{APOSTROPHES}*]")


def written(text: str) -> str:
    """``text`` in lower case with its accents, however they were put in (one character or two)."""
    return unicodedata.normalize("NFC", text.casefold())


def plain(text: str) -> str:
    """``text`` in lower case, without accents and apostrophes, in compatibility form."""
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text)
        text = "".join(char for char in text if not unicodedata.combining(char))
    return _DROPPED.sub("", text.casefold())
