"""Writes the corpus: hand-written sentences become `develop.jsonl` and `check.jsonl`.

    python -m tests.corpus.write

Each sentence of ``parts/<file>/*.yaml`` is kept as it stands. Those that are filed by flag or kind come
back a few times more: with something said around them, mangled by `noise`, or buried in a long ramble. Those
of a register are written the way such people write, and stay as they are. Every choice is seeded by the
sentence itself, so a new sentence leaves the variants of the others as they are.
"""

import json
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from flows.flags import Flags, load_flags
from flows.levels import Level
from tests.corpus.noise import NOISES

HERE = Path(__file__).parent
FLAGS = HERE.parent.parent / "flows" / "back_pain" / "flags.yaml"
FILES = ("develop", "check")
KINDS = (
    "flag", "several", "denied", "negation_trap", "history", "hypothetical", "other_person",
    "harmless_gym", "harmless_everyday", "question_topic", "answer",
)  # fmt: skip
# Who writes or speaks: files of ``parts`` by the way people put it, over all flags and kinds.
REGISTERS = (
    "forum", "crowd", "gym_floor", "oblique", "denials", "everyday", "spoken", "voices", "shy", "trial",
    "chatter", "gym_talk", "hints", "plain_talk", "whispers", "consult", "noes", "no_alarm", "strangers",
)  # fmt: skip

# How many variants a sentence of each kind gets beside itself, and how often it becomes a ramble.
_VARIANTS = {"answer": 0, "question_topic": 1, "hypothetical": 1, "harmless_gym": 1, "harmless_everyday": 1}
_RAMBLES = {"flag": 0.07, "several": 0.07, "denied": 0.05, "harmless_gym": 0.03, "history": 0.03}
_LONGEST = 1600


@dataclass(frozen=True)
class Source:
    """One hand-written sentence with its labels. ``asked`` and ``answer`` belong to kind ``answer``.

    ``register`` is one of `REGISTERS`, or empty for a sentence that is filed by flag or kind.
    """

    text: str
    kind: str
    present: tuple[str, ...] = ()
    unsure: tuple[str, ...] = ()
    denied: tuple[str, ...] = ()
    qualifiers: tuple[str, ...] = ()
    asked: str = ""
    answer: str = ""
    register: str = ""

    def level(self, flags: Flags) -> Level:
        """What the present flags amount to, with their qualifiers; ``info`` when there are none."""
        return max((flags[one].level_with(self.qualifiers) for one in self.present), default=Level.INFO)


@dataclass(frozen=True)
class Around:
    """What may be said around a sentence without changing its labels."""

    openers: list[str]
    closers: list[str]
    chatter: list[str]
    filler: list[str]


def sources(file: str) -> list[Source]:
    """The hand-written sentences of ``develop`` or ``check``, in the order of their files."""
    found = []
    for path in sorted((HERE / "parts" / file).glob("*.yaml")):
        for group in yaml.safe_load(path.read_text("utf-8")):
            labels: dict[str, Any] = {
                key: value if isinstance(value, str) else tuple(value) for key, value in group.items()
            }
            texts = labels.pop("texts")
            register = path.stem if path.stem in REGISTERS else ""
            found += [Source(text, **labels, register=register) for text in texts]
    return found


def around(file: str) -> Around:
    """The openers, closers, chatter and filler that belong to one file alone."""
    return Around(**yaml.safe_load((HERE / "around" / f"{file}.yaml").read_text("utf-8")))


def framed(source: Source, said: Around, rng: random.Random) -> str:
    """The sentence with something before it, after it, or both."""
    if source.kind.startswith("harmless") or source.kind in ("hypothetical", "question_topic"):
        return f"{rng.choice(said.chatter)} {source.text}"
    opener, closer = rng.choice(said.openers), rng.choice(said.closers)
    before, after = rng.choice([(True, False), (False, True), (True, True)])
    end = "" if source.text[-1] in ".!?" else rng.choice([".", ",", ""])
    return (f"{opener} " if before else "") + source.text + (f"{end} {closer}" if after else "")


def ramble(source: Source, said: Around, rng: random.Random) -> str:
    """The sentence somewhere in a long message of 300 to 1,600 characters, often at its end."""
    sentences = rng.sample(said.filler, rng.randrange(5, len(said.filler) - 1))
    place = len(sentences) if rng.random() < 0.4 else rng.randrange(1, len(sentences))
    end = "" if source.text[-1] in ".!?" else "."
    text = " ".join([*sentences[:place], source.text + end, *sentences[place:]])
    return text if len(text) <= _LONGEST else " ".join([sentences[0], source.text + end, *sentences[1:5]])


def variants(source: Source, said: Around) -> Iterator[str]:
    """The sentence itself, then its seeded variants."""
    rng = random.Random(source.text)
    yield source.text
    if source.register:
        return
    for turn in range(_VARIANTS.get(source.kind, 2)):
        text = framed(source, said, rng) if turn == 0 or rng.random() < 0.3 else source.text
        yield rng.choice(NOISES)(text, rng) if turn > 0 or rng.random() < 0.5 else text
    if len(source.text) < 300 and rng.random() < _RAMBLES.get(source.kind, 0.0):
        long = ramble(source, said, rng)
        yield rng.choice(NOISES)(long, rng) if rng.random() < 0.4 else long


def key(text: str) -> str:
    """What two messages share when only case, punctuation or spaces tell them apart."""
    return re.sub(r"[\W_]+", " ", text).strip().lower() or text


def line(source: Source, text: str, flags: Flags) -> str:
    """One JSON line of the corpus."""
    row: dict[str, Any] = {"text": text, "present": list(source.present)}
    if source.unsure:
        row["unsure"] = list(source.unsure)
    row |= {"denied": list(source.denied), "level": source.level(flags).id, "kind": source.kind}
    if source.register:
        row["register"] = source.register
    if source.kind == "answer":
        row |= {"asked": source.asked, "answer": source.answer}
    return json.dumps(row, ensure_ascii=False)


def corpus() -> dict[str, str]:
    """Both files as text. A variant that is in the corpus already, in either file, is left out."""
    flags = load_flags(FLAGS)
    taken: set[str] = {key(source.text) for file in FILES for source in sources(file)}
    written = {}
    for file in FILES:
        said = around(file)
        lines = []
        for source in sources(file):
            for number, text in enumerate(variants(source, said)):
                if number == 0 or key(text) not in taken:
                    taken.add(key(text))
                    lines.append(line(source, text, flags))
        written[file] = "\n".join(lines) + "\n"
    return written


if __name__ == "__main__":
    for name, content in corpus().items():
        (HERE / f"{name}.jsonl").write_text(content, "utf-8")
