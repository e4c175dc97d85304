"""Which source text each translated wording was made from, so that an outdated translation is noticed.

Beside the wording, ``wording/translated/<language>.yaml`` keeps for each key a short hash of the source
text (``from``) and of the translation (``to``) as they were when somebody last stamped them.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from flows import source
from flows.model import Flow
from flows.shapes import TEXT, by_name, entries, sifted
from flows.source import Finding, FlowError
from flows.wording import Wording, Words

_HEAD = (
    "# Written by `python -m flows stamp {language}`: which source text each wording was translated from.\n\n"
)
_FEW = 12
_STAMP = entries({"from": TEXT, "to": TEXT})
_STAMPS_FILE = by_name(_STAMP, '{from: "0a1b2c", to: "3d4e5f"}', TEXT)


@dataclass(frozen=True)
class Stamp:
    """Short hashes of a source text and of the translation made from it."""

    source: str
    translation: str


@dataclass(frozen=True)
class Stale:
    """A wording whose source changed since it was translated; ``source`` is the new text."""

    key: str
    line: int
    source: Words


def source_language(flow: Flow) -> str:
    """The language that all others are translated from: English, or the only one there is."""
    return "en" if "en" in flow.wording else min(flow.wording, default="en")


def stale(flow: Flow, language: str, stamps: Mapping[str, Stamp]) -> Iterator[Stale]:
    """Each wording of ``language`` that is not stamped as made from the source text of today."""
    sources = flow.wording[source_language(flow)].words
    for key, words in flow.wording[language].words.items():
        # One that the source language lacks is told of by `flows.needed_words`.
        if key in sources and (key not in stamps or stamps[key].source != _hash(sources[key])):
            yield Stale(key, words.line, sources[key])


def stamped(
    flow: Flow, language: str, stamps: Mapping[str, Stamp], confirmed: Iterable[str] = ()
) -> dict[str, Stamp]:
    """The stamps after a translator's work: new and changed translations, and the keys ``confirmed``.

    A translation that stayed the same while its source changed keeps its old stamp.
    """
    sources, translations = flow.wording[source_language(flow)].words, flow.wording[language].words
    after = {}
    for key, words in translations.items():
        fresh = Stamp(_hash(sources[key]), _hash(words))
        old = stamps.get(key)
        after[key] = fresh if old is None or key in confirmed or old.translation != fresh.translation else old
    return after


def read_stamps(path: Path) -> dict[str, Stamp]:
    """The stamps in ``path``; none when there is no such file. Raises `FlowError`."""
    if not path.exists():
        return {}
    findings: list[Finding] = []
    data = sifted(source.read(path), _STAMPS_FILE, findings)
    if findings:
        raise FlowError(findings)
    return {key: Stamp(entry["from"], entry["to"]) for key, entry in data.items()}


def write_stamps(path: Path, language: str, stamps: Mapping[str, Stamp]) -> None:
    """Keep ``stamps`` in ``path``."""
    lines = [f'"{key}": {{from: "{one.source}", to: "{one.translation}"}}\n' for key, one in stamps.items()]
    path.parent.mkdir(exist_ok=True)
    path.write_text(_HEAD.format(language=language) + "".join(lines), encoding="utf-8")


def stamps_file(wording: Wording) -> Path:
    """Where the stamps of the language of ``wording`` are kept."""
    path = Path(wording.file)
    return path.with_name("translated") / path.name


def _hash(words: Words) -> str:
    return hashlib.sha256(f"{words.sms}\n{words.voice}".encode()).hexdigest()[:_FEW]
