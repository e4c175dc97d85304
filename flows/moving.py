"""Taking a conversation from a version that is no longer there to another one.

What was answered is kept as far as the new version can read it. The open question stays open where the
new version would ask it too and means the same by it. Where not, the session is ``lost``: the next thing
said is heard for itself and never taken as the answer to a question that nobody put, and the conversation
goes on at the screening, which passes over what is known.
"""

from dataclasses import replace

from flows.draft import Draft
from flows.model import Ask, End, Flow
from flows.questions import likeness, open_question
from flows.session import Session


def moved(session: Session, flow: Flow, version: str) -> Session:
    """``session`` as one of ``flow``, which is called ``version``. Its level and flags stay as they are."""
    session = replace(
        session,
        flow=flow.id,
        version=version,
        language=session.language if session.language in flow.wording else next(iter(flow.wording)),
        # Another flow's steps may have the same names by chance.
        answers=_answers(session, flow) if session.flow == flow.id else {},
        trail=_trail(session, flow) if session.flow == flow.id else [],
    )
    if not session.step:
        return session
    if session.done:
        return replace(session, step=_end(session, flow))
    return _at_its_question(session, flow)


def _end(session: Session, flow: Flow) -> str:
    name = flow.moved.get(session.step, session.step)
    if isinstance(flow.steps.get(name), End):
        return name
    return Draft(flow, session, session.last_at).end_for(session.level).id


def _at_its_question(session: Session, flow: Flow) -> Session:
    name = flow.moved.get(session.step, session.step)
    step = flow.steps.get(name)
    there = isinstance(step, Ask)
    confirm = [flag for flag in session.confirm if flag in flow.flags]
    after = replace(session, step=name if there else flow.screening, confirm=confirm)
    if session.paused and not (isinstance(step, Ask) and step.after):
        after = replace(after, waiting="", due=0.0)
    same = bool(confirm) or likeness(open_question(flow, after)) == session.asked
    reached = name in (_next(after, flow, flow.start), _next(after, flow, flow.screening))
    if there and reached and same and confirm == session.confirm:
        return after
    return replace(after, lost=True, waiting="", due=0.0)


def _next(session: Session, flow: Flow, start: str) -> str:
    """The question that ``flow`` comes to from ``start`` with what is known; an end if there is none."""
    draft = Draft(flow, replace(session, waiting="", confirm=[]), session.last_at)
    draft.walk(start)
    return draft.session.step


def _answers(session: Session, flow: Flow) -> dict[str, str | int]:
    """The answers, those of renamed steps under the new name, without any that its step cannot take."""
    renamed = {flow.moved.get(name, name): value for name, value in session.answers.items()}
    return {name: value for name, value in renamed.items() if _fits(flow, name, value)}


def _fits(flow: Flow, name: str, value: str | int) -> bool:
    step = flow.steps.get(name)
    if not isinstance(step, Ask):
        return True
    expecting = step.expecting
    if expecting.kind == "number":
        return isinstance(value, int) and expecting.lowest <= value <= expecting.highest
    if expecting.kind == "yes_no":
        return value in ("yes", "no")
    if expecting.kind == "choice":
        return value in expecting.options
    return value in ("*", *expecting.options) and (value in step.then or "*" in step.then)


def _trail(session: Session, flow: Flow) -> list[str]:
    """The questions that "back" can return to, as far as there are such ones in ``flow``."""
    kept = []
    for entry in session.trail:
        name, bar, flags = entry.partition("|")
        name = flow.moved.get(name, name)
        if name.removeprefix("?") in flow.flags if name.startswith("?") else _is_asked(flow, name):
            kept.append(f"{name}{bar}{flags}")
    return kept


def _is_asked(flow: Flow, name: str) -> bool:
    return isinstance(flow.steps.get(name), Ask)
