"""The ways through a flow: steps that nobody comes to, circles, and steps that no end follows."""

from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path

from flows.line import Line
from flows.model import Ask, End, Flow, Route, Say, Step
from flows.source import Finding


def leads_to(step: Step) -> tuple[str, ...]:
    """The next steps that an author wrote down for ``step``, without the one for unclear answers."""
    if isinstance(step, Say):
        return (step.next,)
    if isinstance(step, Route):
        return tuple(condition.to for condition in step.conditions)
    return tuple(step.then.values()) if isinstance(step, Ask) else ()


def unreached(line: Line, folder: Path) -> Iterator[Finding]:
    """Steps that no conversation can come to."""
    flow = line.flow
    ways = {name: _all_ways(step) for name, step in flow.steps.items()}
    reached = _reached(ways, [*flow.starts, flow.screening, flow.unclear, *flow.ends.values()])
    named = {target for targets in ways.values() for target in targets}
    if wrong := named - set(flow.steps):
        # A wrong name leads nowhere, which makes nothing wrong with what follows on the step that was meant.
        reached |= named.union(*(get_close_matches(name, flow.steps, n=1) for name in wrong))
    for step in flow.steps.values():
        if step.id not in reached:
            yield Finding(
                step.file,
                step.line,
                f"no way leads to the step `{step.id}`",
                f"name `{step.id}` as the next step of another one, or remove it",
                "Nobody will ever be asked or told what stands here.",
            )


def circles(line: Line, folder: Path) -> Iterator[Finding]:
    """Loops that a conversation would run round without waiting for anybody."""
    flow = line.flow
    silent = [step.id for step in flow.steps.values() if isinstance(step, Say | Route)]
    unbranched = [step.id for step in flow.steps.values() if isinstance(step, Say | Ask)]
    for loop, why in (
        *((one, "It has no question, so it would go round without end.") for one in _loops(flow, silent)),
        *(
            (one, "A question that was answered is not asked again, so it would go round without end.")
            for one in _loops(flow, unbranched)
            if any(isinstance(flow.steps[name], Ask) for name in one)
        ),
    ):
        yield Finding(
            flow.steps[loop[0]].file,
            flow.steps[loop[0]].line,
            f"{_shown(loop)} is a loop that nobody can leave",
            "lead one of these steps on to another step, or to an end",
            why,
        )


def endless(line: Line, folder: Path) -> Iterator[Finding]:
    """Steps from which no answer leads to an end."""
    flow = line.flow
    back: dict[str, list[str]] = {name: [] for name in flow.steps}
    closing = [step.id for step in flow.steps.values() if isinstance(step, End)]
    for step in flow.steps.values():
        for target in leads_to(step):
            # What a wrong name was meant to lead to is not known, so it counts as an end.
            back.get(target, closing).append(step.id)
    lost = set(flow.steps) - _reached(back, closing)
    for step in flow.steps.values():
        if step.id in lost:
            yield Finding(
                step.file,
                step.line,
                f"no way leads from the step `{step.id}` to an end",
                "lead it, or a step after it, on to a step with `end:`",
                "People would be asked on and on and never be told what to do.",
            )


def _all_ways(step: Step) -> tuple[str, ...]:
    unclear = (step.unclear,) if isinstance(step, Ask) and step.unclear else ()
    return leads_to(step) + unclear


def _reached(ways: Mapping[str, Iterable[str]], starts: Iterable[str]) -> set[str]:
    reached: set[str] = set()
    waiting = list(starts)
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached.add(name)
            waiting += ways.get(name, ())
    return reached


def _loops(flow: Flow, names: list[str]) -> list[list[str]]:
    """Groups of the steps ``names`` that lead to each other and so to themselves, in the file's order."""
    ways = {name: [to for to in leads_to(flow.steps[name]) if to in names] for name in names}
    after = {name: _reached(ways, ways[name]) for name in names}
    groups = {
        tuple(other for other in names if other in after[name] and name in after[other])
        for name in names
        if name in after[name]
    }
    return sorted(map(list, groups), key=lambda group: flow.steps[group[0]].line)


def _shown(loop: list[str]) -> str:
    return " and ".join(f"`{name}`" for name in loop)
