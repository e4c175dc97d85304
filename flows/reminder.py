"""Asking again later because the person wants it: "ask me again in three minutes"."""

from flows.draft import Draft
from flows.levels import Level
from flows.session import REMIND
from flows.turn import Schedule

_SHORTEST, _LONGEST = 1, 60


def put_off(draft: Draft, hours: float | None) -> None:
    """The person wants to be asked again after ``hours``.

    With a question open, they are told what must not wait; in an emergency nothing is put off.
    """
    session = draft.session
    minutes = round((hours or 0.0) * 60)
    if session.level == Level.EMERGENCY:
        draft.say(session.step if session.done else draft.end_for(Level.EMERGENCY).id)
    elif not _SHORTEST <= minutes <= _LONGEST:
        draft.say("remind_range")
        draft.carry_on()
    else:
        kind = session.waiting if session.paused else REMIND
        draft.stop_waiting()
        draft.change(waiting=kind, due=draft.now + minutes * 60.0)
        draft.effects.append(Schedule(kind, minutes * 60.0))
        draft.say("remind_one" if minutes == 1 else "remind", minutes=minutes)
        if not session.done:
            draft.say("remind_open")


def come_back(draft: Draft) -> None:
    """The time is over: the open question again, or how it is now after the end."""
    draft.say("reminded")
    draft.carry_on()
