"""The open question: what it asks, what counts as an answer, and whether it is answered already."""

from collections.abc import Iterable
from dataclasses import dataclass

from flows.heard import ANYTHING, Expecting
from flows.model import Ask, Flow, Say, Step
from flows.session import Session
from flows.turn import Button


@dataclass(frozen=True)
class Question:
    """What is being asked now. ``keys`` are the wordings that make up the text, in order."""

    expecting: Expecting
    asks: tuple[str, ...]
    keys: tuple[str, ...]


_NOTHING = Question(ANYTHING, (), ())


def open_question(flow: Flow, session: Session) -> Question:
    """The question that the next thing said is an answer to."""
    if session.confirm:
        return _about((session.confirm[0],))
    step = flow.steps.get(session.step) if session.step else first(flow)
    if session.done:
        return _after_end(flow)
    if not isinstance(step, Ask):
        return _NOTHING
    expecting = step.expecting
    if expecting.kind == "checklist":
        items = open_items(flow, session, step)
        if not items:
            return _NOTHING
        items = items[: 1 if session.singly else step.at_once(session.channel)]
        if len(items) == 1:
            return _about(items[0])
        flags = tuple(flag for item in items for flag in item)
        keys = (step.id, *(f"item.{item[0]}" for item in items), "list_end")
        return Question(Expecting("checklist", items=items), flags, keys)
    if expecting.kind == "yes_no" and expecting.flags:
        return _about(expecting.flags)
    key = f"{step.id}.wait" if session.paused else f"{step.id}.ask" if step.after else step.id
    return Question(expecting, step.flags, (key,))


def first(flow: Flow) -> Step:
    """Where a conversation begins to ask: a first text is an answer to that, though nothing was asked yet."""
    name = flow.start
    for _ in flow.steps:
        step = flow.steps[name]
        if not isinstance(step, Say):
            break
        name = step.next
    return step


def likeness(question: Question) -> str:
    """What an answer to ``question`` would be about, as text: equal for questions that ask for the same."""
    expecting = question.expecting
    items = [",".join(item) for item in expecting.items] or question.asks
    options = expecting.options if expecting.kind == "choice" and expecting.by_place else ()
    limits = (f"{expecting.lowest}-{expecting.highest}",) if expecting.kind == "number" else ()
    return " ".join((expecting.kind, *items, *options, *limits))


def unasked(flow: Flow, session: Session) -> bool:
    """Whether the open question is one that the person was never asked, since the flow has changed."""
    return session.lost and likeness(open_question(flow, session)) != session.asked


def open_items(flow: Flow, session: Session, step: Ask) -> tuple[tuple[str, ...], ...]:
    """The items of a checklist that are neither answered nor pointless at the level already reached."""
    return tuple(
        item
        for item in step.expecting.items
        if not _answered(flow, session, item) and flow.worst_of(item) > session.level
    )


def asked_alone(flow: Flow) -> frozenset[str]:
    """The flags that a choice asks about by itself: an item of a list need not settle them."""
    asked = [step for step in flow.steps.values() if isinstance(step, Ask) and not step.after]
    return frozenset(flag for step in asked for flags in step.means.values() for flag in flags)


def without_alone(flow: Flow, item: tuple[str, ...]) -> tuple[str, ...]:
    """The flags that settle ``item`` of a list, even while one that is asked about by itself is open."""
    alone = asked_alone(flow)
    return tuple(flag for flag in item if flag not in alone) or item


def _answered(flow: Flow, session: Session, item: tuple[str, ...]) -> bool:
    return settled(session, item) or settled(session, without_alone(flow, item))


def settled(session: Session, flags: Iterable[str]) -> bool:
    """Whether a question about ``flags`` is answered: one is present, or all are denied."""
    states = [session.flags.get(flag) for flag in flags]
    return "present" in states or all(state == "denied" for state in states)


def known_answer(flow: Flow, session: Session, step: Ask) -> str | None:
    """The answer to ``step`` as far as it was given already; ``None`` when it must be asked."""
    given = session.answers.get(step.id)
    if given is not None:
        return str(given)
    if step.after:
        return None
    if step.expecting.kind == "checklist":
        return None if open_items(flow, session, step) else "*"
    if step.expecting.flags:
        return _yes_or_no(session, step.expecting.flags)
    if step.means:
        return _option_from_flags(session, step)
    if any(session.flags.get(flag) == "present" for flag in step.severe_from):
        return "*"
    if any(word in session.qualifiers.get(flag, ()) for flag, word in step.adds.items()):
        return "yes"
    return None


def _yes_or_no(session: Session, flags: tuple[str, ...]) -> str | None:
    if not settled(session, flags):
        return None
    return "yes" if any(session.flags.get(flag) == "present" for flag in flags) else "no"


def _option_from_flags(session: Session, step: Ask) -> str | None:
    for option, flags in step.means.items():
        if any(session.flags.get(flag) == "present" for flag in flags):
            return option
    others = [option for option in step.expecting.options if option not in step.means]
    denied = all(settled(session, flags) for flags in step.means.values())
    return others[0] if denied and len(others) == 1 else None


def _about(flags: tuple[str, ...]) -> Question:
    return Question(Expecting("yes_no", flags=flags), flags, (f"ask.{flags[0]}",))


def _after_end(flow: Flow) -> Question:
    step = flow.steps[flow.reopen_question]
    assert isinstance(step, Ask)
    return Question(step.expecting, (), ())


def buttons(flow: Flow, session: Session, question: Question) -> tuple[Button, ...]:
    """The answers to ``question`` that can be tapped; none when nothing is being asked."""
    if not question.keys:
        return ()
    expecting = question.expecting
    wording = flow.words_in(session.language)
    if expecting.kind == "checklist" and session.channel == "sms":
        return _list_buttons(flow, session, expecting.items)
    if expecting.kind in ("yes_no", "checklist"):
        labels = [wording.text(f"button.{name}", session.channel) for name in ("yes", "no", "unsure")]
        return tuple(Button(label, label) for label in labels)
    if expecting.kind == "number":
        return tuple(Button(str(n), str(n)) for n in range(expecting.lowest, expecting.highest + 1))
    labels = [
        wording.text(f"option.{expecting.answers}.{option}", session.channel) for option in expecting.options
    ]
    return tuple(Button(label, label) for label in labels)


def _list_buttons(flow: Flow, session: Session, items: tuple[tuple[str, ...], ...]) -> tuple[Button, ...]:
    wording = flow.words_in(session.language)
    none = wording.text("button.none", session.channel)
    labels = [wording.text(f"item.{item[0]}", session.channel) for item in items]
    numbered = [Button(label, str(place)) for place, label in enumerate(labels, start=1)]
    return (*numbered, Button(none, none))
