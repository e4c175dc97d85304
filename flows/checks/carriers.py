"""Answers that the phone companies keep for themselves."""

from collections.abc import Iterator
from pathlib import Path

from flows.answer_phrases import AnswerPhrase, answer_phrases
from flows.carrier_words import CARRIER_WORDS
from flows.line import Line
from flows.source import Finding


def answers_kept_by_carriers(line: Line, folder: Path) -> Iterator[Finding]:
    """A warning for each option whose every phrase is a carrier's keyword, such as YES or END."""
    for language in line.ears:
        options: dict[tuple[str, str], list[AnswerPhrase]] = {}
        for phrase in answer_phrases(folder, language):
            options.setdefault((phrase.answers, phrase.option), []).append(phrase)
        for (answers, option), phrases in options.items():
            if all(phrase.text.lower() in CARRIER_WORDS for phrase in phrases):
                words = ", ".join(phrase.text.upper() for phrase in phrases)
                what = f"`{answers}.{option}` can be said with {words} only"
                why = "A text that is this word and nothing else is kept by the phone companies and Twilio."
                mend = "add another word for it, and ask for that one in the question"
                yield Finding(phrases[0].file, phrases[0].line, what, mend, why, "warning")
