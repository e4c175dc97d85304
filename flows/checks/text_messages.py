"""Text messages that cost more than they may, or that hold a character which makes them cost double."""

import unicodedata
from collections.abc import Iterator
from pathlib import Path

from flows.delivered import Delivered, delivered
from flows.line import Line
from flows.model import End
from flows.segments import outside_gsm7, segments
from flows.source import Finding

QUESTION_SEGMENTS = 2
ADVICE_SEGMENTS = 3
_BEFORE = 20


def text_messages_fit(line: Line, folder: Path) -> Iterator[Finding]:
    """A finding for each text over its budget, its names filled in, and each character outside GSM-7."""
    for language, wording in line.flow.wording.items():
        for text in delivered(line.flow, language, "sms"):
            yield from _characters(wording.file, text)
            ends = isinstance(line.flow.steps.get(text.key), End)
            yield from _budget(wording.file, text, ADVICE_SEGMENTS if ends else QUESTION_SEGMENTS)


def _characters(file: str, text: Delivered) -> Iterator[Finding]:
    for at, char in outside_gsm7(text.text):
        name = unicodedata.name(char, f"U+{ord(char):04X}")
        before = text.text[max(0, at - _BEFORE) : at]
        place = f"after `{before}`" if before else "at the beginning"
        what = f"the text message `{text.key}` holds `{char}` ({name}) {place} (character {at + 1})"
        why = "It is outside GSM-7, so the whole text goes out in parts of 67 characters and costs double."
        yield Finding(file, text.line, what, "write it with a plain letter or sign", why)


def _budget(file: str, text: Delivered, budget: int) -> Iterator[Finding]:
    # What a character outside GSM-7 does to the size goes away with it, and it was named already.
    plain = text.text
    for _, char in outside_gsm7(plain):
        plain = plain.replace(char, "-")
    count = segments(plain).count
    if count > budget:
        what = f"the text message `{text.key}` takes {count} segments, {budget} are allowed"
        what += f" ({len(plain)} characters at its longest)"
        why = "A long text arrives late or in pieces, and nobody reads it between sets."
        yield Finding(file, text.line, what, "say it in fewer words", why)
