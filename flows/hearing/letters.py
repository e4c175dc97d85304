"""Letters as they are compared: small, without accents and apostrophes."""

import re
import unicodedata

APOSTROPHES = "'’‘´`ʼ"
_DROPPED = re.compile(f"[{APOSTROPHES}*]")


def plain(text: str) -> str:
    """``text`` in lower case, without accents and apostrophes, in compatibility form."""
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text)
        text = "".join(char for char in text if not unicodedata.combining(char))
    return _DROPPED.sub("", text.casefold())
