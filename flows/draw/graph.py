"""What a picture of a flow shows: one box for each step, one arrow for each pair of steps that follow."""

from collections.abc import Iterator
from dataclasses import dataclass

from flows.draw.screening import screening_of
from flows.draw.text import spoken
from flows.levels import Level
from flows.model import Ask, Condition, End, Flow, Route, Say, Step
from flows.wording import Wording

# How names in braces read in a box; the tooltip keeps the text as it is written.
_FILLED = {"{emergency}": "the emergency number", "{crisis}": "the crisis line", "{tell}": "…", "{aid}": "…"}


@dataclass(frozen=True)
class Sign:
    """A symptom that a question can bring up, with the level that it means."""

    level: Level
    text: str


@dataclass(frozen=True)
class Box:
    """One step. ``note`` says how it is answered, ``text`` is its short wording, ``title`` all of it.

    ``level`` is that of an end, ``None`` for every other step.
    """

    id: str
    kind: str
    note: str
    text: str
    signs: tuple[Sign, ...]
    title: str
    screening: bool
    level: Level | None


@dataclass(frozen=True)
class Arrow:
    """From one step to another. ``reasons`` are all transitions between the two, in words.

    ``label`` is empty where the step has this one way on. ``aside`` is an arrow taken only when no answer
    was clear. ``level`` is that of the end it leads to.
    """

    source: str
    target: str
    reasons: tuple[str, ...]
    label: str
    aside: bool
    level: Level | None


@dataclass(frozen=True)
class Graph:
    """All of it, in the order of ``flow.yaml``."""

    boxes: dict[str, Box]
    arrows: tuple[Arrow, ...]
    start: str


def words_of(flow: Flow) -> Wording:
    """The wording that is shown: the one in the flow's own language."""
    return flow.words_in(flow.language)


def graph_of(flow: Flow) -> Graph:
    """The boxes and arrows of ``flow``."""
    screening = screening_of(flow)
    boxes = {step.id: _box(flow, step, step.id in screening) for step in flow.steps.values()}
    arrows = [arrow for step in flow.steps.values() for arrow in _arrows(flow, step)]
    return Graph(boxes, tuple(arrows), flow.start)


def transitions(step: Step) -> Iterator[tuple[str, str]]:
    """Every way on from ``step``: the reason in words, and the next step."""
    if isinstance(step, Say):
        yield "always", step.next
    elif isinstance(step, Route):
        for condition in step.conditions:
            yield _reason(condition), condition.to
    elif isinstance(step, Ask):
        for answer, target in step.then.items():
            rest = "anything else" if len(step.then) > 1 else "any answer"
            yield rest if answer == "*" else spoken(answer), target
        if step.unclear:
            yield "unclear", step.unclear


def _reason(condition: Condition) -> str:
    if condition.flag:
        return spoken(condition.flag)
    if condition.level is not None:
        worse = "" if condition.level == Level.EMERGENCY else " or worse"
        return spoken(condition.level.id) + worse
    if condition.at_least is not None:
        return f"{spoken(condition.answer)} ≥ {condition.at_least:g}"
    if condition.answer:
        return f"{spoken(condition.answer)}: {spoken(condition.equals)}"
    return "otherwise"


def _arrows(flow: Flow, step: Step) -> list[Arrow]:
    reasons: dict[str, list[str]] = {}
    for reason, target in transitions(step):
        reasons.setdefault(target, []).append(reason)
    arrows = []
    for target, group in reasons.items():
        end = flow.steps[target]
        label = ", ".join(group) if len(reasons) > 1 else ""
        level = end.level if isinstance(end, End) else None
        arrows.append(Arrow(step.id, target, tuple(group), label, group == ["unclear"], level))
    return arrows


def _box(flow: Flow, step: Step, screening: bool) -> Box:
    kind = type(step).__name__.lower()
    keys = _keys(step)
    words = words_of(flow).words
    text = title = ""
    if keys:
        # A step with a wait has two wordings; the one that asks is shown. Questions sent as texts end
        # with how to reply, which says nothing here: the shorter wording is the question alone.
        shown = words[keys[-1] if isinstance(step, Ask) and step.after else keys[0]]
        text = min(shown.sms, shown.voice, key=len) if isinstance(step, Ask) else shown.sms
        for name, reading in _FILLED.items():
            text = text.replace(name, reading)
        title = "".join(f"\nSMS: {words[key].sms}\nVoice: {words[key].voice}" for key in keys)
    if isinstance(step, Route):
        title = "".join(f"\n{reason} → {target}" for reason, target in transitions(step))
    note = _note(step)
    heading = f"{step.id} ({kind}{', ' + note if note else ''})"
    level = step.level if isinstance(step, End) else None
    signs = tuple(_signs(flow, step)) if isinstance(step, Ask) else ()
    return Box(step.id, kind, note, text, signs, heading + title, screening, level)


def _keys(step: Step) -> tuple[str, ...]:
    """The wordings that a step is asked or said with."""
    if isinstance(step, Route):
        return ()
    if not isinstance(step, Ask):
        return (step.id,)
    if step.after:
        return (f"{step.id}.wait", f"{step.id}.ask")
    if step.expecting.flags:
        return (f"ask.{step.expecting.flags[0]}",)
    return (step.id, *(f"item.{item[0]}" for item in step.expecting.items))


def _note(step: Step) -> str:
    if isinstance(step, Route):
        return "first that fits"
    if not isinstance(step, Ask):
        return ""
    expecting = step.expecting
    if step.after:
        return f"asked after {step.after / 60:g} min"
    if expecting.kind == "number":
        return f"{expecting.lowest} to {expecting.highest}"
    return {"anything": "own words", "yes_no": "yes or no", "checklist": "any of these"}.get(
        expecting.kind, "one of these"
    )


def _signs(flow: Flow, ask: Ask) -> Iterator[Sign]:
    for item in ask.expecting.items:
        yield Sign(max(map(flow.level_of, item)), ", ".join(map(spoken, item)))
    for flag in ask.expecting.flags:
        yield Sign(flow.level_of(flag), f"yes: {spoken(flag)}")
    for flag, word in ask.adds.items():
        yield Sign(flow.level_of(flag, (word,)), f"yes: {spoken(flag)}, {spoken(word)}")
    for option, flags in ask.means.items():
        yield Sign(max(map(flow.level_of, flags)), f"{spoken(option)}: {', '.join(map(spoken, flags))}")
    for flag, lowest in ask.severe_from.items():
        yield Sign(flow.level_of(flag), f"{lowest} or more: {spoken(flag)}")
