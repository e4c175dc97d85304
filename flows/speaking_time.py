"""How long each wording takes to say, as measured with the real voice, kept beside the wording.

``python -m voice measure`` writes ``wording/spoken/<language>.yaml``; ``flows`` itself cannot speak.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from flows import source
from flows.shapes import NUMBER, TEXT, TEXTS, by_name, entries, sifted
from flows.source import Finding, FlowError
from flows.wording import Wording

_HEAD = "# Written by `python -m voice measure`: seconds that each wording takes to say, at its longest.\n\n"
_TIME = entries({"text": TEXT, "seconds": NUMBER})
_LISTENER = entries({"model": TEXT, "words": TEXT, "lacks": TEXTS}, optional=frozenset({"lacks"}))
_TIMES_FILE = entries(
    {"voice": TEXT, "seconds": by_name(_TIME, '{text: "0a1b2c", seconds: 1.5}', TEXT), "listener": _LISTENER},
    optional=frozenset({"listener"}),
)
_FEW = 12


@dataclass(frozen=True)
class Listener:
    """A speech model, a short hash of all answer words it was asked for, and those that it lacks."""

    model: str
    words: str
    lacks: tuple[str, ...]


@dataclass(frozen=True)
class SpeakingTimes:
    """What was measured for one language.

    ``seconds`` holds for each wording a short hash of the text that was spoken, and how long it took.
    ``listener`` is ``None`` when there was no model to ask.
    """

    voice: str
    seconds: Mapping[str, tuple[str, float]]
    listener: Listener | None = None


def speaking_times_file(wording: Wording) -> Path:
    """Where the times of the language of ``wording`` are kept."""
    path = Path(wording.file)
    return path.with_name("spoken") / path.name


def read_speaking_times(path: Path) -> SpeakingTimes | None:
    """What was measured, ``None`` when nothing was. Raises `FlowError`."""
    if not path.exists():
        return None
    findings: list[Finding] = []
    data = sifted(source.read(path), _TIMES_FILE, findings)
    if findings:
        raise FlowError(findings)
    listener = None
    if "listener" in data:
        heard = data["listener"]
        listener = Listener(heard["model"], heard["words"], tuple(heard.get("lacks", ())))
    times = {key: (entry["text"], float(entry["seconds"])) for key, entry in data["seconds"].items()}
    return SpeakingTimes(data["voice"], times, listener)


def write_speaking_times(path: Path, times: SpeakingTimes) -> None:
    """Keep ``times`` in ``path``."""
    lines = [_HEAD, f'voice: "{times.voice}"\n', "seconds:\n"]
    lines += [
        f'  "{key}": {{text: "{text}", seconds: {seconds:.1f}}}\n'
        for key, (text, seconds) in times.seconds.items()
    ]
    if times.listener:
        lines += [
            "# Answer words that this speech model cannot hear.\n",
            "listener:\n",
            f'  model: "{times.listener.model}"\n',
            f'  words: "{times.listener.words}"\n',
        ]
        if times.listener.lacks:
            lines += ["  lacks:\n", *(f'    - "{word}"\n' for word in times.listener.lacks)]
    path.parent.mkdir(exist_ok=True)
    path.write_text("".join(lines), encoding="utf-8")


def mark(text: str) -> str:
    """A short hash by which it is seen that ``text`` changed."""
    return hashlib.sha256(text.encode()).hexdigest()[:_FEW]


def mark_of_words(words: Iterable[str]) -> str:
    """`mark` of a set of words, in whatever order."""
    return mark(" ".join(sorted(set(words))))
