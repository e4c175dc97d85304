"""What a text of staff says about an alert: that they are on it, or that it is over. Pure."""

import re
from dataclasses import dataclass
from typing import Literal

_TAKE = r"(?:ok(?:ay|ey)?|k|ack|yes|on it|got it|i am on it|vale|voy|s[ií])"
_CLOSE = r"(?:done|closed?|finished|listo|cerrado)"
_CODE = r"(?:alert\W+)?#?(?P<code>\d{4,8})"
# What may follow without changing it. Anything else may: "ok 4821 but I am not in today".
_AND = r"(?:\W+(?:i am )?(?:on it|on my way|coming|going|thanks|thank you|voy|gracias))?"
_PATTERNS: tuple[tuple[Literal["take", "close"], str], ...] = (
    ("take", rf"(?:{_TAKE}\W*)?{_CODE}{_AND}"),
    ("take", rf"(?P<code>\d{{4,8}})\W+{_TAKE}"),
    ("take", rf"(?!yes|s[ií]){_TAKE}"),
    ("close", rf"{_CLOSE}(?:\W*{_CODE})?"),
    ("close", rf"(?P<code>\d{{4,8}})\W+{_CLOSE}"),
)
_NUMBER = re.compile(r"(?<!\d)\d{4,8}(?!\d)")


@dataclass(frozen=True)
class Acknowledgement:
    """``take``: they are on it; ``close``: it is over. ``code`` is ``""`` when they named none."""

    kind: Literal["take", "close"]
    code: str


def acknowledgement(text: str) -> Acknowledgement | None:
    """What ``text`` says, ``None`` when it is something else. Only a text that is nothing but that counts."""
    said = re.sub(r"\s+", " ", text.lower().replace("i'm", "i am")).strip(" .!?,;:\"'()[]*-")
    for kind, pattern in _PATTERNS:
        if found := re.fullmatch(pattern, said):
            return Acknowledgement(kind, found.groupdict().get("code") or "")
    return None


def codes_in(text: str) -> list[str]:
    """The numbers in ``text`` that may be codes."""
    return _NUMBER.findall(text)
