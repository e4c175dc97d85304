"""``python -m flows simulate``: patients with a hidden truth talk to the line, and the outcome is counted.

A failure is a patient with a true emergency who was asked about it and told it truthfully and clearly, or
told it and was understood, and who yet ended at a lower level; or who was sent home without being asked
what the flow has a question for. The whole conversation is printed, and the exit code is 1. Every patient
is made from the seed and a number, so ``--only NUMBER`` runs one again.
"""

import argparse
import json
import multiprocessing
import secrets
import sys
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from flows.line import BACK_PAIN, Line, load_line
from flows.session import Channel
from flows.simulation.phrases import Book, load_book
from flows.simulation.report import as_text, figures, in_full
from flows.simulation.run import Conversation, Outcome, converse, remembering
from flows.source import FlowError
from flows.wording import CHANNELS

_SEEDS = 1_000_000
_CHUNK = 50
# Seconds between two notes of progress: on a terminal one line that changes, in a log one line each.
_ON_A_TERMINAL, _IN_A_LOG = 0.5, 15.0
_SHOWN = 20


@dataclass(frozen=True)
class _Run:
    """Everything that a process needs to make and hear a patient."""

    line: Line
    book: Book
    seed: int
    channel: Channel | None

    def talk(self, number: int) -> Conversation:
        try:
            return converse(self.line, self.book, self.seed, number, self.channel)
        except Exception as error:
            error.add_note(f"in the conversation of patient {number} of seed {self.seed}")
            raise


def run(argv: list[str]) -> int:
    """Simulate and print the report. 0 without failures, 1 with failures or a broken flow."""
    parser = argparse.ArgumentParser(prog="python -m flows simulate", description=__doc__)
    parser.add_argument("-n", type=_positive, default=1000, help="how many patients (1000)")
    parser.add_argument("--seed", type=int, help="what the patients are made from; by default a fresh one")
    parser.add_argument("--only", type=int, metavar="NUMBER", help="print the conversation of this patient")
    parser.add_argument("--flow", type=Path, default=BACK_PAIN, help="the flow's folder")
    parser.add_argument("--channel", choices=(*CHANNELS, "both"), default="both")
    parser.add_argument("--processes", type=_positive, default=1, help="how many at the same time (1)")
    parser.add_argument(
        "--second-ears", action="store_true", help="with the network beside the rules: slower"
    )
    parser.add_argument("--json", action="store_true", help="the figures as one JSON object")
    options = parser.parse_args(argv)
    seed = secrets.randbelow(_SEEDS) if options.seed is None else options.seed
    made_from = (
        options.flow, options.second_ears, seed, None if options.channel == "both" else options.channel
    )  # fmt: skip
    try:
        here = _prepare(*made_from)
    except FlowError as error:
        print(error, file=sys.stderr)
        return 1
    if options.only is not None:
        talk = here.talk(options.only)
        print(in_full(talk, seed))
        return int(talk.outcome.failed)
    print(f"seed {seed}", file=sys.stderr)
    if options.processes == 1:
        outcomes = list(_watched((here.talk(number).outcome for number in range(options.n)), options.n))
    else:
        context = multiprocessing.get_context("spawn")
        with context.Pool(options.processes, _start, made_from) as pool:
            found = pool.imap_unordered(_outcome, range(options.n), _CHUNK)
            outcomes = sorted(_watched(found, options.n), key=lambda one: one.number)
    result = figures(outcomes)
    print(json.dumps({"seed": seed} | result) if options.json else f"seed {seed}: {as_text(result)}")
    for number in result["failures"][:_SHOWN]:
        print(f"\n{in_full(here.talk(number), seed)}", file=sys.stderr if options.json else sys.stdout)
    return int(bool(result["failures"]))


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError
    return number


def _prepare(flow: Path, second_ears: bool, seed: int, channel: Channel | None) -> _Run:
    line = load_line(flow, second_ears=second_ears)
    return _Run(remembering(line), load_book(flow, line.flow.language), seed, channel)


_here: _Run


def _start(flow: Path, second_ears: bool, seed: int, channel: Channel | None) -> None:
    """In a process of its own: load once what all its patients share."""
    global _here
    _here = _prepare(flow, second_ears, seed, channel)


def _outcome(number: int) -> Outcome:
    return _here.talk(number).outcome


def _watched(outcomes: Iterable[Outcome], total: int) -> Iterator[Outcome]:
    """``outcomes``, with notes of the progress on standard error."""
    began = noted = time.monotonic()
    on_a_terminal = sys.stderr.isatty()
    failures = 0
    for done, outcome in enumerate(outcomes, start=1):
        yield outcome
        failures += outcome.failed
        if outcome.failed:
            print(f"failure: patient {outcome.number:<40}", file=sys.stderr, flush=True)
        now = time.monotonic()
        if now - noted > (_ON_A_TERMINAL if on_a_terminal else _IN_A_LOG) or done == total:
            noted = now
            left = (now - began) / done * (total - done)
            note = f"{done:,} of {total:,} patients, {failures} failures, {left:.0f} s left"
            end = "\r" if on_a_terminal and done < total else "\n"
            print(f"{note:<60}", end=end, file=sys.stderr, flush=True)
