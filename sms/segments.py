"""How a text is cut up on its way: what Twilio takes at once."""

import re

# Twilio refuses a longer body (error 21617).
BODY_LIMIT = 1600

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
