"""Questions by themselves: each must be able to take the answers that it asks for."""

from collections.abc import Iterator
from pathlib import Path

from flows.checks.moves import Moves
from flows.checks.paths import follow
from flows.line import Line
from flows.model import Ask
from flows.source import Finding


def unanswerable(line: Line, folder: Path) -> Iterator[Finding]:
    """Questions with an answer that leads nowhere or means nothing."""
    for step in line.flow.steps.values():
        if isinstance(step, Ask):
            for what, mend, why in _wrong(step):
                yield Finding(step.file, step.line, f"`{step.id}` {what}", mend, why)


def never_asked(line: Line, folder: Path) -> Iterator[Finding]:
    """Questions whose answer is known from earlier ones, whichever way somebody comes."""
    flow = line.flow
    moves, before = Moves(flow), follow(flow)
    for step in flow.steps.values():
        arriving = [at for at in before if at.step == step.id]
        if isinstance(step, Ask) and arriving and not any(moves.questions(step, at) for at in arriving):
            yield Finding(
                step.file,
                step.line,
                f"`{step.id}` is never asked, because what it asks is answered before",
                "ask about something else, or remove the question and lead on to the step after it",
                "People are taken past it as if they had answered it.",
            )


def _wrong(step: Ask) -> Iterator[tuple[str, str, str]]:
    kind, expecting = step.expecting.kind, step.expecting
    if kind == "yes_no" and not expecting.flags and not step.adds:
        yield (
            "asks for yes or no, but a yes means nothing",
            "give it `flags` (what a yes means), or `adds`",
            "The answer could not be kept.",
        )
    if kind == "anything" and "*" not in step.then:
        yield (
            "has no next step for a description in own words",
            'add "*" to `then`',
            "Whoever answers in own words would be stuck here.",
        )
    if kind == "number" and expecting.lowest >= expecting.highest:
        yield (
            f"asks for a number from {expecting.lowest} to {expecting.highest}",
            "make `lowest` smaller than `highest`",
            "No number can be the answer.",
        )
    for flag, number in step.severe_from.items():
        if kind != "number" or not expecting.lowest <= number <= expecting.highest:
            yield (
                f"takes `{flag}` from {number} on, which is no answer to it",
                "use a number that can be answered, or take it out of `severe_from`",
                f"The answer would never say anything about `{flag}`.",
            )
