"""Routes: lines that nobody comes to, that can never hold, or that compare what nobody has said yet."""

from collections.abc import Iterator
from pathlib import Path

from flows.checks.moves import Moves
from flows.checks.paths import follow, way_to
from flows.checks.situation import IN_PASSING
from flows.levels import Level
from flows.line import Line
from flows.model import Ask, Condition, Flow, Route
from flows.source import Finding


def never_reached(line: Line, folder: Path) -> Iterator[Finding]:
    """Lines after one that holds whenever they would."""
    for route in _routes(line.flow):
        for place, later in enumerate(route.conditions):
            covers = [one for one in route.conditions[:place] if _covers(line.flow, one, later)]
            if covers:
                yield Finding(
                    route.file,
                    later.line,
                    f"nobody comes to the line `{_shown(later)}` of route `{route.id}`",
                    "remove it, or move it up",
                    f"The line `{_shown(covers[0])}` above it holds for everybody whom it is meant for.",
                )


def never_true(line: Line, folder: Path) -> Iterator[Finding]:
    """Comparisons with an answer that the question does not have."""
    for route in _routes(line.flow):
        for condition in route.conditions:
            step = line.flow.steps.get(condition.answer)
            why = _impossible(step, condition) if isinstance(step, Ask) else ""
            if why:
                yield Finding(
                    route.file,
                    condition.line,
                    f"the line `{_shown(condition)}` of route `{route.id}` can never hold",
                    "compare it with an answer that the question has, or remove the line",
                    why,
                )


def not_yet_answered(line: Line, folder: Path) -> Iterator[Finding]:
    """Comparisons with an answer that some of the people who come there have not given."""
    flow = line.flow
    before, moves = follow(flow), Moves(flow)
    found: set[tuple[str, int]] = set()
    for situation in before:
        route = flow.steps.get(situation.step)
        if not isinstance(route, Route):
            continue
        for condition in moves.tested(route, situation):
            place = (route.id, condition.line)
            unset = condition.answer and condition.answer not in (*situation.answered, IN_PASSING)
            if unset and place not in found:
                found.add(place)
                yield Finding(
                    route.file,
                    condition.line,
                    f"route `{route.id}` compares the answer to `{condition.answer}`, "
                    f"which is not given on every way there, such as {way_to(situation, before)}",
                    f"ask `{condition.answer}` on every way to `{route.id}`, or compare a flag instead",
                    "Without an answer the line never holds, and people go on as if they had said no.",
                )


def _routes(flow: Flow) -> list[Route]:
    return [step for step in flow.steps.values() if isinstance(step, Route)]


def _covers(flow: Flow, earlier: Condition, later: Condition) -> bool:
    """Whether ``earlier`` holds whenever ``later`` does."""
    if earlier.level is not None:
        if earlier.level == Level.INFO:
            return True
        if later.flag in flow.flags:
            return flow.flags[later.flag].level >= earlier.level
        return later.level is not None and later.level >= earlier.level
    if earlier.flag:
        return earlier.flag == later.flag
    if not earlier.answer:
        return True
    if earlier.answer != later.answer:
        return False
    if earlier.at_least is not None:
        return later.at_least is not None and later.at_least >= earlier.at_least
    return later.at_least is None and later.equals == earlier.equals


def _impossible(step: Ask, condition: Condition) -> str:
    """Why ``condition`` on the answer to ``step`` can never hold; ``""`` when it can."""
    expecting = step.expecting
    if expecting.kind == "checklist" or (expecting.kind == "yes_no" and not step.adds):
        return f"`{step.id}` keeps no answer of its own: what is said there becomes a flag. Compare the flag."
    if expecting.kind == "number":
        if condition.at_least is None:
            return f"The answer to `{step.id}` is a number, which only `at_least` compares."
        largest = expecting.highest
        return f"`{step.id}` goes up to {largest}." if condition.at_least > largest else ""
    if condition.at_least is not None:
        return f"The answer to `{step.id}` is no number."
    answers = ("yes", "no") if step.adds else expecting.options
    kinds = ("*",) if expecting.kind == "anything" else ()
    if condition.equals not in (*answers, *kinds):
        return f"`{step.id}` has no answer `{condition.equals}`."
    return ""


def _shown(condition: Condition) -> str:
    if condition.flag:
        return f"flag: {condition.flag}"
    if condition.level is not None:
        return f"level: {condition.level.id}"
    if not condition.answer:
        return f"else: {condition.to}"
    if condition.at_least is not None:
        return f"answer: {condition.answer}, at_least: {condition.at_least:g}"
    return f"answer: {condition.answer}, equals: {condition.equals}"
