"""A plain yes or no that is a command, or that is both."""

from collections.abc import Iterator
from pathlib import Path

from flows.answer_phrases import yes_no_phrases
from flows.checks.answers import lost_to
from flows.heard import Expecting
from flows.line import Line
from flows.source import Finding
from flows.understanding import LANGUAGES

_QUESTION = Expecting("yes_no")


def yes_and_no_told_apart(line: Line, folder: Path) -> Iterator[Finding]:
    """A finding for each "yes" and "no" of a language that its ears take for a command, or that is both.

    One that they only doubt is none: such a person is asked again, and an unclear answer counts as yes.
    """
    for language, ears in line.ears.items():
        means: dict[str, str] = {}
        for phrase in yes_no_phrases(LANGUAGES / language):
            what = f"`{phrase.text}`, which means {phrase.option},"
            command = ears.understand(phrase.text, _QUESTION).command
            if command:
                yield lost_to(command, what, phrase)
            other = means.setdefault(phrase.text, phrase.option)
            if other != phrase.option:
                why = "Whoever says it would be asked again, and again."
                what = f"{what} also stands under {other}"
                yield Finding(phrase.file, phrase.line, what, "leave it to one of the two", why)
