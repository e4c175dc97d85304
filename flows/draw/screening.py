"""Which steps are the screening: the questions about dangerous causes, before any advice is given."""

from flows.levels import Level
from flows.model import Ask, Flow, Route, Step


def screening_of(flow: Flow) -> frozenset[str]:
    """The steps from ``flow.screening`` on that ask for urgent flags, and the routes between them."""
    found = _walk(flow, flow.screening, set())
    asked = {name for name in found if isinstance(flow.steps[name], Ask)}
    # A route behind the last question decides on the advice; it screens nothing.
    between = {name for name in found - asked if _walk(flow, name, set()) & asked - {name}}
    return frozenset(asked | between)


def _walk(flow: Flow, name: str, seen: set[str]) -> set[str]:
    step = flow.steps[name]
    if name in seen or not (isinstance(step, Route) or _screens(flow, step)):
        return seen
    seen.add(name)
    for target in _targets(step):
        _walk(flow, target, seen)
    return seen


def _screens(flow: Flow, step: Step) -> bool:
    return isinstance(step, Ask) and bool(step.flags) and flow.worst_of(step.flags) >= Level.URGENT


def _targets(step: Step) -> list[str]:
    if isinstance(step, Route):
        return [condition.to for condition in step.conditions]
    return list(step.then.values()) if isinstance(step, Ask) else []
