"""Training the second pair of ears on the corpus. Run: ``python -m bench.train_second_ears``

Learns narrow matrices beside those of MiniLM, and a head, from ``tests/corpus/develop.jsonl``, and writes
them where the line looks for them. It needs torch, which nothing else does: ``pip install torch==2.13.0``.
An hour on two cores. ``--quiet FILE`` names a file of ordinary messages, one a line, that are not kept:
every second one is learnt as harmless, and the thresholds are set so that few of the others are asked about.
"""

import argparse
import json
import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from tokenizers import Tokenizer
from torch.nn import functional

from bench.ears_network import log_odds, starting_point
from flows.flags import load_flags
from flows.hearing.second_ears import FILE, pieces, spoken
from flows.hearing.sentence_vectors import LONGEST, read_weights, weights_folder
from flows.hearing.tokens import Reader
from flows.levels import Level
from flows.line import BACK_PAIN
from flows.understanding import load_understanding
from tests.corpus import write
from tests.corpus.noise import NOISES

LEVELS = (Level.EMERGENCY, Level.URGENT)
# What one label weighs. A missed emergency costs more than a question asked in vain.
PRESENT, UNSURE, DENIED, SILENT = 3.0, 1.0, 1.5, 1.0
# How many mangled copies of each sentence there are to choose from, and how often one is chosen.
COPIES, MANGLED = 3, 0.35
TOKENS_A_BATCH = 1400
WARM_UP = 0.06
# Of the quiet messages, the share that may be asked about each flag; the least and the most log odds for
# that, since one odd message is not to make a flag unheard; and how much surer it takes against a denial.
ASKED = 0.0002
LEAST, MOST = 1.2, 5.0
INSISTS = 1.5


@dataclass(frozen=True)
class Example:
    """One message in each of its spellings, as token ids by piece, and what it means for each flag."""

    spellings: tuple[tuple[tuple[int, ...], ...], ...]
    wanted: tuple[float, ...]
    weights: tuple[float, ...]


class Listener:
    """Reads texts as the line does and cuts them into token ids."""

    def __init__(self, folder: Path) -> None:
        self._reader: Reader = load_understanding(BACK_PAIN, second_ears=False).reader
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(LONGEST)

    def ids(self, text: str) -> tuple[tuple[int, ...], ...]:
        tokens = self._reader.read(text)
        texts = [spoken(text, tokens, *one) for one in pieces(tokens)] if tokens else ["."]
        return tuple(tuple(one.ids) for one in self._tokenizer.encode_batch(texts))


def examples(listener: Listener, names: Sequence[str]) -> Iterator[Example]:
    """Every message of ``develop.jsonl``, with mangled copies of those that have no variants there."""
    rng = random.Random(1)
    for line in (write.HERE / "develop.jsonl").read_text("utf-8").splitlines():
        row: dict[str, Any] = json.loads(line)
        text = row["text"]
        copies = [rng.choice(NOISES)(text, rng) for _ in range(COPIES)] if "register" in row else []
        present, unsure, denied = (set(row.get(name, ())) for name in ("present", "unsure", "denied"))
        yield Example(
            tuple(listener.ids(one) for one in [text, *copies]),
            tuple(float(name in present | unsure) for name in names),
            tuple(
                PRESENT if name in present
                else UNSURE if name in unsure
                else DENIED if name in denied
                else SILENT
                for name in names
            ),
        )  # fmt: skip


def harmless(listener: Listener, texts: Sequence[str], flags: int) -> Iterator[Example]:
    """Ordinary messages, which speak of none of the ``flags`` flags."""
    for text in texts:
        yield Example((listener.ids(text),), (0.0,) * flags, (SILENT,) * flags)


def batches(
    given: Sequence[Example], rng: random.Random
) -> list[list[tuple[Example, tuple[tuple[int, ...], ...]]]]:
    """All examples in one of their spellings, in batches of like length, shuffled."""
    chosen = [
        (
            one,
            rng.choice(one.spellings[1:])
            if len(one.spellings) > 1 and rng.random() < MANGLED
            else one.spellings[0],
        )
        for one in given
    ]
    chosen.sort(key=lambda pair: max(map(len, pair[1])) + 4 * rng.random())
    found: list[list[tuple[Example, tuple[tuple[int, ...], ...]]]] = []
    longest = count = 0
    for example, ids in chosen:
        longest, count = max(longest, *map(len, ids)), count + len(ids)
        if not found or longest * count > TOKENS_A_BATCH:
            found.append([])
            longest, count = max(map(len, ids)), len(ids)
        found[-1].append((example, ids))
    rng.shuffle(found)
    return found


class Trainer:
    """What is learnt so far, and how to go on."""

    def __init__(self, folder: Path, names: Sequence[str], layers: int, rank: int) -> None:
        self._weights = {
            name: torch.tensor(one) for name, one in read_weights(folder / "model.safetensors").items()
        }
        self._layers = layers
        self.learnt = starting_point(self._weights, layers, rank, len(names))

    def scores(self, cut: Sequence[Sequence[Sequence[int]]], training: bool = False) -> torch.Tensor:
        """(texts, flags): the highest log odds among the pieces of each text in ``cut``."""
        ids = [one for text in cut for one in text]
        owner = torch.tensor([number for number, text in enumerate(cut) for _ in text])
        width = max(map(len, ids))
        padded = torch.tensor([[*one, *[0] * (width - len(one))] for one in ids])
        mask = torch.tensor([[1.0] * len(one) + [0.0] * (width - len(one)) for one in ids])
        odds = log_odds(self._weights, self.learnt, self._layers, padded, mask, training)
        lowest = torch.full((len(cut), odds.shape[1]), -1e9)
        return lowest.scatter_reduce(0, owner[:, None].expand_as(odds), odds, "amax")

    def run(self, given: Sequence[Example], epochs: int, rate: float, seed: int) -> None:
        """Goes over ``given`` ``epochs`` times, with a rate that rises to ``rate`` and falls to nothing."""
        rng = random.Random(seed)
        learnt = list(self.learnt.values())
        optimiser = torch.optim.AdamW(learnt, lr=rate, weight_decay=0.01)
        begun, step, total = time.monotonic(), 0, epochs * len(batches(given, rng))
        for epoch in range(epochs):
            lost = 0.0
            for batch in batches(given, rng):
                share = min(1.0, step / (WARM_UP * total)) * max(0.02, 1 - step / total)
                for group in optimiser.param_groups:
                    group["lr"] = rate * share
                odds = self.scores([ids for _, ids in batch], training=True)
                wanted = torch.tensor([one.wanted for one, _ in batch])
                weights = torch.tensor([one.weights for one, _ in batch])
                loss = functional.binary_cross_entropy_with_logits(odds, wanted, weights, reduction="sum")
                optimiser.zero_grad()
                (loss / len(batch)).backward()
                torch.nn.utils.clip_grad_norm_(learnt, 1.0)
                optimiser.step()
                step, lost = step + 1, lost + loss.item()
            print(
                f"{epoch + 1} of {epochs}: loss {lost / len(given):.3f}, {time.monotonic() - begun:.0f} s",
                flush=True,
            )


def thresholds(trainer: Trainer, listener: Listener, quiet: Sequence[str]) -> Any:
    """(2, flags): above which odds a flag is suspected, and insisted on; few ``quiet`` texts pass them."""
    with torch.no_grad():
        odds = torch.cat([trainer.scores([listener.ids(text)]) for text in quiet]).numpy()
    suspects = np.clip(np.quantile(odds, 1 - ASKED, axis=0), LEAST, MOST)
    return np.stack([suspects, suspects + INSISTS])


def main() -> None:
    """Trains, and writes the file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quiet", type=Path, required=True, help="harmless messages, one a line")
    parser.add_argument("--epochs", type=int, default=9)
    parser.add_argument("--rate", type=float, default=1e-3)
    parser.add_argument("--rank", type=int, default=16)
    parser.add_argument("--layers", type=int, default=6)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, default=BACK_PAIN / "meaning" / "en" / FILE)
    options = parser.parse_args()
    folder = weights_folder()
    if folder is None:
        raise SystemExit("the weights are not installed: make run installs them")
    torch.manual_seed(options.seed)
    flags = load_flags(BACK_PAIN / "flags.yaml")
    names = [name for name, flag in flags.items() if flag.level in LEVELS]
    listener = Listener(folder)
    trainer = Trainer(folder, names, options.layers, options.rank)
    quiet = [line for line in options.quiet.read_text("utf-8").splitlines() if line.strip()]
    given = [*examples(listener, names), *harmless(listener, quiet[::2], len(names))]
    trainer.run(given, options.epochs, options.rate, options.seed)
    suspects, insists = thresholds(trainer, listener, quiet[1::2])
    print("asked about above:", dict(zip(names, suspects.round(1).tolist(), strict=True)))
    kept = {name: one.detach().numpy().astype(np.float16) for name, one in trainer.learnt.items()}
    kept |= {"head.suspects": suspects.astype(np.float16), "head.insists": insists.astype(np.float16)}
    np.savez_compressed(options.out, flags=np.array(names), **kept)


if __name__ == "__main__":
    main()
