"""What happens when nothing was understood or nobody spoke: ask again, ask narrower, bring in a human."""

from flows.answering import worst_counts
from flows.draft import Draft
from flows.levels import Level
from flows.model import Ask
from flows.questions import open_question

# Rungs: the question once more in other words, then a narrower one, then the safety net and a human.
_NARROWER = 2
_SILENCES = 3


def miss(draft: Draft) -> None:
    """The open question was not answered by what was said."""
    draft.change(misses=draft.session.misses + 1)
    misses = draft.session.misses
    step = draft.flow.steps[draft.session.step]
    assert isinstance(step, Ask)
    draft.because("fallback", f"{step.id} {misses}")
    if draft.session.paused:
        _while_waiting(draft, step, misses)
    elif misses == 1:
        draft.say("again")
        draft.change(singly=True)
        draft.ask()
    elif misses == _NARROWER:
        _narrower(draft, step)
    else:
        _give_up(draft, step)


def foreign(draft: Draft) -> None:
    """The person writes in a language that is not understood."""
    draft.say("foreign")
    draft.change(misses=draft.session.misses + 1)
    if draft.session.misses > _NARROWER and not draft.session.done:
        draft.walk(draft.flow.unclear)
    else:
        draft.carry_on()


def _while_waiting(draft: Draft, step: Ask, misses: int) -> None:
    if misses < _NARROWER:
        draft.say(f"{step.id}.still")
        return
    draft.stop_waiting()
    draft.change(misses=0)
    draft.ask()


def _narrower(draft: Draft, step: Ask) -> None:
    if open_question(draft.flow, draft.session).expecting.kind == "yes_no":
        draft.say("yes_or_no")
        draft.ask()
        return
    _doubt(draft, step)
    if draft.session.confirm:
        draft.say("narrow")
        draft.ask()
    else:
        draft.say("narrow")
        draft.walk(step.unclear or draft.flow.unclear)


def _doubt(draft: Draft, step: Ask) -> None:
    """No answer to ``step``: what it asks about becomes a plain question, unless another one follows."""
    if not step.unclear:
        for flag in step.flags:
            draft.doubt(flag)


def _give_up(draft: Draft, step: Ask) -> None:
    """No rung brought an answer. Whether a sign that is there is an emergency counts as yes."""
    if step.adds and not draft.session.confirm:
        worst_counts(draft, step)
    _some_count(draft, step)
    if not draft.emergency():
        draft.walk(draft.flow.unclear)


def _some_count(draft: Draft, step: Ask) -> None:
    """Who said yes to a list and never told which: what is still open of it counts as there."""
    listed = [
        flag
        for flag in str(draft.session.answers.get(f"some.{step.id}", "")).split(",")
        if flag in step.flags
    ]
    known = [draft.session.flags.get(flag) for flag in listed]
    if "present" in known:
        return
    for flag, polarity in zip(listed, known, strict=True):
        if polarity != "denied":
            draft.because("answer", flag, "yes to the list counts")
            draft.present(flag)


def silence(draft: Draft) -> None:
    """The kiosk listened and nobody spoke. During a wait or after the end that is no miss."""
    session = draft.session
    if session.done or session.waiting or session.opted_out:
        return
    draft.change(silences=session.silences + 1)
    draft.because("fallback", f"silence {draft.session.silences}")
    step = draft.flow.steps[session.step]
    assert isinstance(step, Ask)
    if draft.session.confirm and draft.session.silences >= _NARROWER:
        draft.because("answer", f"confirm.{draft.session.confirm[0]}", "silence counts as yes")
        draft.present(draft.session.confirm[0])
        if not draft.emergency():
            draft.move_on()
    elif draft.session.silences >= _SILENCES:
        _give_up(draft, step)
    else:
        if (
            draft.session.silences == _NARROWER
            and open_question(draft.flow, session).expecting.kind == "choice"
        ):
            _doubt(draft, step)
        draft.say("silence")
        draft.ask()


def limit(draft: Draft) -> None:
    """The conversation has gone on for too long: a human takes over."""
    draft.because("limit", "turns")
    draft.session = draft.session.raised(Level.URGENT)
    draft.walk(draft.flow.unclear)
