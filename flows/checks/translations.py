"""Wordings that a language has not translated, or that were translated from an older source text."""

from collections.abc import Iterator
from pathlib import Path

from flows.line import Line
from flows.model import Flow
from flows.source import Finding, FlowError
from flows.translation import read_stamps, source_language, stale, stamps_file
from flows.wording import CHANNELS, Words

# Shorter ones may well be the same in two languages: "No", "Normal".
_MOST_WORDS_ALIKE = 2


def outdated_translations(line: Line, folder: Path) -> Iterator[Finding]:
    """A finding for each wording whose source text was never translated, or changed since it was."""
    original = source_language(line.flow)
    for language in line.flow.wording:
        if language != original:
            try:
                yield from _outdated(line.flow, original, language)
            except FlowError as error:
                yield from error.findings


def _outdated(flow: Flow, original: str, language: str) -> Iterator[Finding]:
    sources, wording = flow.wording[original].words, flow.wording[language]
    same = [key for key, words in wording.words.items() if key in sources and _is_same(words, sources[key])]
    for key in same:
        what = f"`{key}` is the same text as in {original}.yaml"
        why = "Who chose this language would be answered in another one."
        yield Finding(wording.file, wording.words[key].line, what, f"translate it into `{language}`", why)
    for old in stale(flow, language, read_stamps(stamps_file(wording))):
        if old.key not in same:
            what = (
                f"`{old.key}` was translated from an older text than {original}.yaml line {old.source.line}"
            )
            why = "People would be told something else than in the other language."
            mend = f"compare the two, translate it again, then run `python -m flows stamp {language}`"
            yield Finding(wording.file, old.line, what, mend, why)


def _is_same(words: Words, source: Words) -> bool:
    return any(
        words.on(channel) == source.on(channel) and len(source.on(channel).split()) > _MOST_WORDS_ALIKE
        for channel in CHANNELS
    )
