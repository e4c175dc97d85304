"""Texts that are harder to read than people in pain should be asked to read."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import textstat_rs

from flows.delivered import delivered
from flows.line import Line
from flows.source import Finding
from flows.wording import CHANNELS

# Health texts for the public are to be readable after six years of school (American Medical Association,
# National Institutes of Health).
HIGHEST_GRADE = 6.0
# In a shorter text one long word decides.
FEWEST_WORDS = 10
# The formula is made for one language. A language without one is not graded.
GRADES: Mapping[str, Callable[[str], float]] = {"en": textstat_rs.flesch_kincaid_grade}


def easy_to_read(line: Line, folder: Path) -> Iterator[Finding]:
    """A warning for each text that needs more than six years of school (Flesch-Kincaid grade)."""
    for language, wording in line.flow.wording.items():
        grade = GRADES.get(language)
        if grade is None:
            continue
        warned = set()
        for channel in CHANNELS:
            for text in delivered(line.flow, language, channel):
                # Each line of a list is read by itself.
                years = grade(text.text.replace("\n", ".\n"))
                if years <= HIGHEST_GRADE or len(text.text.split()) < FEWEST_WORDS or text.text in warned:
                    continue
                warned.add(text.text)
                what = f"`{text.key}` ({channel}) reads like school year {years:.1f}, not {HIGHEST_GRADE:g}"
                why = "Somebody in pain reads less well than usual."
                mend = "write shorter sentences and shorter words"
                yield Finding(wording.file, text.line, what, mend, why, "warning")
