"""Answers to one question that sound alike: a recogniser may write one where the other was said."""

from collections.abc import Iterator
from pathlib import Path

from flows import source
from flows.answer_phrases import AnswerPhrase, answer_phrases
from flows.checks.answers import asked
from flows.content import languages_of
from flows.line import Line
from flows.shapes import TEXTS, entries, sifted
from flows.source import Finding, FlowError

_HOMOPHONES_FILE = entries({"alike": TEXTS})


def answers_that_sound_alike(line: Line, folder: Path) -> Iterator[Finding]:
    """A warning for each phrase of an answer that sounds like a phrase of another answer of the question."""
    for language in line.ears:
        try:
            alike = _sounds_alike(languages_of(folder) / language / "homophones.yaml")
        except FlowError as error:
            yield from error.findings
            continue
        said: dict[tuple[str, str], AnswerPhrase] = {}
        for step, phrase in asked(line.flow, answer_phrases(folder, language)):
            sound = " ".join(alike.get(word, word) for word in phrase.text.lower().split())
            first = said.setdefault((step.id, sound), phrase)
            if first.option != phrase.option and first.text != phrase.text:
                yield _warning(step.id, phrase, first)


def _warning(step: str, phrase: AnswerPhrase, other: AnswerPhrase) -> Finding:
    what = f"`{phrase.text}` ({phrase.option}) sounds like `{other.text}` ({other.option}, line {other.line})"
    why = f"At the kiosk one may be written where the other was said in answer to `{step}`."
    mend = "say one of the two in words that sound different"
    return Finding(phrase.file, phrase.line, what, mend, why, "warning")


def _sounds_alike(path: Path) -> dict[str, str]:
    """Each word of ``path``, and the first of those that sound like it. A language may have no such file."""
    if not path.exists():
        return {}
    findings: list[Finding] = []
    data = sifted(source.read(path), _HOMOPHONES_FILE, findings)
    if findings:
        raise FlowError(findings)
    return {word: group.split()[0] for group in data["alike"] for word in group.split()}
