"""How people say the answers of a flow: the phrases of ``meaning/<language>/answers.yaml``, one by one."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from pathlib import Path

from flows import source


@dataclass(frozen=True)
class AnswerPhrase:
    """One way to say the option ``option`` of the answer set ``answers``, and where it is written."""

    answers: str
    option: str
    text: str
    file: str
    line: int


def answer_phrases(folder: Path, language: str) -> list[AnswerPhrase]:
    """Every phrase of every answer of the flow in ``folder``, with its alternatives written out.

    ``no pain now/today`` is two phrases, ``pain [really] bad`` too, and ``gone!`` is ``gone``.
    """
    path = folder / "meaning" / language / "answers.yaml"
    data = source.read(path)
    written = path.read_text(encoding="utf-8").splitlines()
    return [
        AnswerPhrase(answers, option, text, data.file, line)
        for answers, options in data["answers"].items()
        for option in options
        for text, line in _phrases(options, option, written)
    ]


def yes_no_phrases(language_dir: Path) -> list[AnswerPhrase]:
    """Every phrase of ``yes`` and ``no`` in ``replies.yaml`` of a language, as answers of ``yes_no``."""
    path = language_dir / "replies.yaml"
    data = source.read(path)
    written = path.read_text(encoding="utf-8").splitlines()
    return [
        AnswerPhrase("yes_no", option, text, data.file, line)
        for option in ("yes", "no")
        for text, line in _phrases(data, option, written)
    ]


def _phrases(data: source.Mapping, key: str, written: list[str]) -> Iterator[tuple[str, int]]:
    """The phrases at ``data[key]`` and the lines they begin on; ``written`` are all lines of the file."""
    line = data.at(key)
    if written[line - 1].rstrip().endswith(("|", ">", "-")):
        line += 1
    for phrase in str(data[key]).split(","):
        blank = phrase[: len(phrase) - len(phrase.lstrip())]
        for text in _spellings(phrase):
            if text:
                yield text, line + blank.count("\n")
        line += phrase.count("\n")


def _spellings(phrase: str) -> list[str]:
    words = [
        [*(word.rstrip("!") for word in written.strip("[]").split("/")), *([""] if written[0] == "[" else [])]
        for written in phrase.split()
    ]
    return [" ".join(filter(None, chosen)) for chosen in product(*words)]


def answer_words(folder: Path, language: str) -> dict[str, tuple[str, int]]:
    """Every word that the answers are made of, in lower case, and the file and line where it first stands."""
    words: dict[str, tuple[str, int]] = {}
    for phrase in answer_phrases(folder, language):
        for word in phrase.text.lower().split():
            words.setdefault(word, (phrase.file, phrase.line))
    return words
