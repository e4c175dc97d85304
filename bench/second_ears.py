"""Training and measuring the second pair of ears. Run: ``python -m bench.second_ears train`` or ``compare``

``train`` learns the head from the corpus's ``develop.jsonl`` and writes it where the line looks for it; the
same corpus and rules give the same file. ``compare`` prints, for ``check.jsonl`` or the files given, what
the rules catch and alarm alone and with the second ears at several thresholds.
"""

import argparse
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from flows.flags import Flags, level_of, load_flags
from flows.heard import Heard, Mention
from flows.hearing.meaning import load_meaning
from flows.hearing.second_ears import HEAD, Head, audible, read_head, words, write_head
from flows.hearing.sentence_vectors import SentenceVectors, Vectors, weights_folder
from flows.hearing.tokens import Reader
from flows.levels import Level
from flows.understanding import load_understanding
from tests.corpus.write import sources

PROJECT = Path(__file__).resolve().parent.parent
FLOW = PROJECT / "flows" / "back_pain"
LANGUAGE = PROJECT / "flows" / "language" / "en"
CORPUS = PROJECT / "tests" / "corpus"

# Of harmless messages not trained on, the share that may be asked about: the thresholds follow from it.
ALARMS = {Level.EMERGENCY: 0.025, Level.URGENT: 0.04}
SHIFTS = (1.0, 0.5, 0.0, -0.5, -1.0)
FOLDS = 5
SHRINK = 1e-3
WEIGHT_OF_PRESENT = 5.0
WEIGHT_OF_UNSURE = 0.5
STEPS = 400
RATE = 0.05
_BATCH = 16


@dataclass(frozen=True)
class Sample:
    """One labelled text. ``family`` is shared by a hand-written sentence and its variants."""

    text: str
    kind: str
    present: frozenset[str]
    unsure: frozenset[str]
    denied: frozenset[str]
    family: int = 0

    @property
    def harmless(self) -> bool:
        return not (self.present | self.unsure | self.denied)


@dataclass(frozen=True)
class Examples:
    """Pieces of texts as vectors (n, 384), wanted answers and their weights (n, flags), families (n)."""

    vectors: Vectors
    wanted: Vectors
    weights: Vectors
    families: NDArray[np.int64]

    def of(self, rows: NDArray[np.bool_]) -> "Examples":
        return Examples(self.vectors[rows], self.wanted[rows], self.weights[rows], self.families[rows])


def samples(file: Path) -> Iterator[Sample]:
    """The texts of ``file``: JSON lines as in the corpus, or plain lines that are all harmless."""
    started = {source.text for source in sources("develop")}
    family = 0
    for line in file.read_text("utf-8").splitlines():
        row: dict[str, Any] = json.loads(line) if line.startswith('{"text"') else {"text": line}
        family += row["text"] in started
        present, unsure, denied = (frozenset(row.get(name, ())) for name in ("present", "unsure", "denied"))
        if row["text"].strip():
            yield Sample(row["text"], row.get("kind", "harmless"), present, unsure, denied, family)


class Listener:
    """Reads texts as the line does and turns their pieces into vectors."""

    def __init__(self, flags: Flags) -> None:
        folder = weights_folder()
        if folder is None:
            raise SystemExit("the weights are not installed: see flows/hearing/sentence_vectors.py")
        self._vectors = SentenceVectors(folder)
        self._reader: Reader = load_meaning(LANGUAGE, FLOW / "meaning" / "en", flags).reader
        self._known: dict[str, Vectors] = {}

    def pieces(self, text: str, mentions: Sequence[Mention] = ()) -> list[str]:
        """The pieces of ``text`` as the vectors read them, not those where ``mentions`` deny something."""
        tokens = self._reader.read(text)
        return [words(tokens, *one) for one in audible(tokens, mentions)]

    def vectors(self, texts: Sequence[str]) -> Vectors:
        """One vector for each of ``texts``; each text goes through the network once."""
        new = [text for text in dict.fromkeys(texts) if text not in self._known]
        for start in range(0, len(new), _BATCH):
            batch = new[start : start + _BATCH]
            self._known |= zip(batch, self._vectors.of(batch), strict=True)
        return np.stack([self._known[text] for text in texts])


def examples(listener: Listener, texts: Sequence[Sample], flags: Sequence[str]) -> Examples:
    """What can be learnt from: texts of one piece, and every piece of texts that mention nothing.

    In which piece of a longer text its symptom stands is not known. What is denied teaches nothing,
    because vectors would take it for the symptom.
    """
    cut = [(sample, piece) for sample in texts for piece in _to_learn(listener.pieces(sample.text), sample)]
    vectors = listener.vectors([piece for _, piece in cut])
    wanted, weights = np.zeros((2, len(cut), len(flags)), np.float32)
    for number, (sample, _) in enumerate(cut):
        for column, flag in enumerate(flags):
            wanted[number, column] = flag in sample.present | sample.unsure
            weights[number, column] = (
                WEIGHT_OF_PRESENT if flag in sample.present
                else WEIGHT_OF_UNSURE * WEIGHT_OF_PRESENT if flag in sample.unsure
                else 0.0 if flag in sample.denied
                else 1.0
            )  # fmt: skip
    return Examples(vectors, wanted, weights, np.array([sample.family for sample, _ in cut]))


def _to_learn(cut: list[str], sample: Sample) -> list[str]:
    return cut if len(cut) == 1 or sample.harmless else []


def learnt(given: Examples) -> tuple[Vectors, Vectors]:
    """Weights and bias of one logistic regression per flag, shrunk towards zero (Adam on all examples)."""
    ones = np.ones((len(given.vectors), 1), np.float32)
    inputs = np.hstack([given.vectors, ones])
    found = np.zeros((inputs.shape[1], given.wanted.shape[1]), np.float32)
    mean, spread = np.zeros_like(found), np.zeros_like(found)
    shrink = np.full((inputs.shape[1], 1), SHRINK, np.float32)
    shrink[-1] = 0
    for step in range(1, STEPS + 1):
        error = (1 / (1 + np.exp(-(inputs @ found))) - given.wanted) * given.weights
        slope = inputs.T @ error / np.float32(len(inputs)) + shrink * found
        mean = 0.9 * mean + 0.1 * slope
        spread = 0.999 * spread + 0.001 * slope * slope
        found -= RATE * (mean / (1 - 0.9**step)) / (np.sqrt(spread / (1 - 0.999**step)) + 1e-8)
    return found[:-1], found[-1]


def thresholds(given: Examples, harmless: Examples, flags: Flags, names: Sequence[str]) -> Vectors:
    """One threshold per level: what harmless families, scored by heads that never saw them, seldom pass."""
    worst: dict[Level, dict[int, float]] = {level: {} for level in ALARMS}
    for fold in range(FOLDS):
        weights, bias = learnt(given.of(given.families % FOLDS != fold))
        kept_out = harmless.of(harmless.families % FOLDS == fold)
        scores = kept_out.vectors @ weights + bias
        for level, highest in worst.items():
            columns = [number for number, name in enumerate(names) if flags[name].level is level]
            for family, score in zip(kept_out.families, scores[:, columns].max(axis=1), strict=True):
                highest[int(family)] = max(highest.get(int(family), -np.inf), float(score))
    limits = {
        level: np.quantile(list(highest.values()), 1 - ALARMS[level]) for level, highest in worst.items()
    }
    return np.array([limits[flags[name].level] for name in names], np.float32)


def train(flags: Flags) -> Head:
    """The head learnt from ``develop.jsonl``."""
    names = tuple(name for name, flag in flags.items() if flag.level in ALARMS)
    texts = list(samples(CORPUS / "develop.jsonl"))
    listener = Listener(flags)
    given = examples(listener, texts, names)
    harmless = examples(listener, [one for one in texts if one.kind.startswith("harmless")], names)
    return Head(names, *learnt(given), thresholds(given, harmless, flags, names))


@dataclass
class Comparison:
    """What rules and second ears make of the texts of one file."""

    flags: Flags
    head: Head
    texts: list[Sample]
    heard: list[Heard]
    scores: list[Vectors]

    def doubts(self, number: int, shift: float) -> set[str]:
        """What the ears add to text ``number`` with all thresholds moved by ``shift``."""
        mentions = self.heard[number].mentions
        if level_of(self.flags, mentions) is Level.EMERGENCY:
            return set()
        passed = self.scores[number] > self.head.thresholds + np.float32(shift)
        return {flag for flag, yes in zip(self.head.flags, passed, strict=True) if yes} - {
            mention.flag for mention in mentions
        }

    def line(self, shift: float | None) -> str:
        """The figures with thresholds moved by ``shift``, or of the rules alone."""
        said = dict.fromkeys(ALARMS, 0)
        caught = dict.fromkeys(ALARMS, 0)
        asked: dict[str, list[bool]] = {}
        noticed: list[bool] = []
        for number, sample in enumerate(self.texts):
            unsure = set(self.heard[number].flags("unsure"))
            if shift is not None:
                unsure |= self.doubts(number, shift)
            found = unsure | set(self.heard[number].flags("present"))
            for flag in sample.present & set(self.head.flags):
                said[self.flags[flag].level] += 1
                caught[self.flags[flag].level] += flag in found
            if any(self._emergency(flag) for flag in sample.present):
                noticed.append(any(self._emergency(flag) for flag in found))
            elif not any(self._emergency(flag) for flag in sample.unsure):
                needless = any(self._emergency(flag) for flag in unsure - sample.denied)
                asked.setdefault(self._group(sample), []).append(needless)
        caught_shares = [f"{level.id} caught {_percent(caught[level], said[level])}" for level in ALARMS]
        alarms = [f"{kind} {_percent(sum(hits), len(hits))}" for kind, hits in sorted(asked.items())]
        caught_shares.append(f"emergency messages noticed {_percent(sum(noticed), len(noticed))}")
        return f"{', '.join(caught_shares)}; asked about an emergency in vain: {', '.join(alarms)}"

    def _emergency(self, flag: str) -> bool:
        return flag in self.flags and self.flags[flag].level is Level.EMERGENCY

    def _group(self, sample: Sample) -> str:
        if sample.harmless:
            return sample.kind
        return "denied" if sample.kind in ("denied", "negation_trap") else "other symptoms"


def _percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.2f} % of {whole}" if whole else "-"


def compare(file: Path, flags: Flags, listener: Listener, head: Head) -> Comparison:
    """Hears every text of ``file`` with the rules alone, and scores it."""
    understanding = load_understanding(FLOW)
    texts = [one for one in samples(file) if one.kind != "answer"]
    heard = [_rules_alone(understanding.understand(one.text)) for one in texts]
    cut = [listener.pieces(one.text, one.mentions) for one in heard]
    listener.vectors([piece for one in cut for piece in one])
    scores = [_highest(listener, one, head) for one in cut]
    return Comparison(flags, head, texts, heard, scores)


def _rules_alone(heard: Heard) -> Heard:
    kept: tuple[Mention, ...] = tuple(one for one in heard.mentions if one.span.rule != "second_ears")
    return replace(heard, mentions=kept)


def _highest(listener: Listener, cut: list[str], head: Head) -> Vectors:
    if not cut:
        return np.full(len(head.flags), -np.inf, np.float32)
    return np.asarray((listener.vectors(cut) @ head.weights + head.bias).max(axis=0))


def main() -> None:
    """Trains, or compares and prints."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("do", choices=("train", "compare"))
    parser.add_argument("files", nargs="*", type=Path, default=[CORPUS / "check.jsonl"])
    options = parser.parse_args()
    flags = load_flags(FLOW / "flags.yaml")
    if options.do == "train":
        write_head(LANGUAGE / HEAD, train(flags))
        return
    listener, head = Listener(flags), read_head(LANGUAGE / HEAD)
    for file in options.files:
        comparison = compare(file, flags, listener, head)
        print(f"{file.name}\n  rules alone: {comparison.line(None)}")
        for shift in SHIFTS:
            print(f"  with second ears, thresholds {shift:+.1f}: {comparison.line(shift)}", flush=True)


if __name__ == "__main__":
    main()
