"""What words would mean where a conversation stands, as far as being sure of them needs it. Pure."""

from dataclasses import dataclass

from flows.heard import ANYTHING, Expecting, Heard
from flows.levels import Level
from flows.line import Line
from flows.model import Ask, End, Flow
from flows.questions import Question, first, open_question
from flows.session import Session
from voice.endpointing import Kind

# Staff ask what they like, which nobody knows here.
_OF_STAFF = Question(ANYTHING, (), ())


@dataclass(frozen=True)
class Meant:
    """What words mean where a conversation stands.

    ``agrees`` is how they answer "is that right?". ``question`` is the open one, ``None`` once the advice
    was given. ``raising`` are its options that mean the worst of what it can mean, or that it got worse;
    ``closing`` those that end the conversation before the screening. ``grave`` are the flags that are in the
    words, or may be, and are urgent or what a yes to the question would mean.
    """

    heard: Heard
    agrees: Heard
    question: Question | None = None
    raising: frozenset[str] = frozenset()
    closing: frozenset[str] = frozenset()
    grave: frozenset[str] = frozenset()


def meaning(line: Line, session: Session, text: str) -> Meant:
    """What ``text`` would mean if it were said now."""
    flow, heard = line.flow, line.hear(session, text)
    question = _OF_STAFF if session.held else open_question(flow, session)
    signs = {*heard.flags("present"), *heard.flags("unsure")}
    urgent = {flag for flag in signs if flow.worst_of([flag]) >= Level.URGENT}
    step = flow.steps.get(session.step) if session.step else first(flow)
    ask = step if isinstance(step, Ask) else None
    # Which of several pains it is, is a choice like others.
    chosen = {flag for flags in ask.means.values() for flag in flags} if ask else set()
    return Meant(
        heard,
        line.hear(session, text, Expecting("yes_no")),
        None if session.done and not session.held else question,
        frozenset((*(_worst(flow, ask) if ask else ()), *flow.reopen_answers)),
        frozenset(option for option, to in (ask.then if ask else {}).items() if _ends_early(flow, to)),
        frozenset(urgent | (signs & set(question.asks) - chosen)),
    )


def awaited(meant: Meant | None) -> Kind:
    """The kind of answer that the open question waits for, which tells how long a pause in it may be."""
    kind = meant.question.expecting.kind if meant and meant.question else "anything"
    kinds: dict[str, Kind] = {
        "yes_no": "yes_no", "checklist": "yes_no", "number": "number", "choice": "choice"
    }  # fmt: skip
    return kinds.get(kind, "open")


def _worst(flow: Flow, ask: Ask) -> frozenset[str]:
    """The options of ``ask`` that mean the most urgent level of those that mean a flag at all."""
    levels = {option: flow.worst_of(flags) for option, flags in ask.means.items()}
    return frozenset(option for option, level in levels.items() if level == max(levels.values()))


def _ends_early(flow: Flow, step: str) -> bool:
    end = flow.steps.get(step)
    return isinstance(end, End) and bool(end.without_screening)
