"""Somebody of the staff talks with the person themselves: the conversation listens and says nothing.

Red flags are still heard. A hold that nobody renews ends by itself, so that nobody is left unanswered.
"""

from flows.draft import Draft
from flows.events import HandedBack, StaffSaid
from flows.levels import Level
from flows.session import HOLD
from flows.turn import Reply, Schedule

# So long after their last words the conversation goes on by itself.
HOLD_SECONDS = 900.0
# What staff wrote, among the replies of a turn.
STAFF_WORDS = "staff_words"


def take_over(draft: Draft, event: StaffSaid) -> None:
    """From now on staff answer. By text their words go out at once; at a kiosk they wait to be spoken."""
    session = draft.session
    draft.because("staff", event.by)
    draft.stop_waiting()
    draft.change(waiting=HOLD, due=draft.now + HOLD_SECONDS, held_by=event.by)
    draft.effects.append(Schedule(HOLD, HOLD_SECONDS))
    if not event.words:
        return
    if session.channel == "voice":
        draft.change(notes=[*session.notes, event.words])
    elif not session.opted_out:
        draft.replies.append(Reply(event.words, STAFF_WORDS))


def give_back(draft: Draft, event: HandedBack) -> None:
    """The conversation goes on by itself with its open question, if it has one.

    At a kiosk that comes after the words that are still to be spoken there.
    """
    draft.because("staff", event.by, "handed back")
    if draft.session.notes:
        draft.change(due=draft.now)
    elif draft.session.held:
        _go_on(draft)


def time_out(draft: Draft) -> None:
    """What staff wrote to a kiosk is said there; a hold that is over ends."""
    for words in draft.session.notes:
        draft.replies.append(Reply(words, STAFF_WORDS))
    if draft.session.notes:
        draft.because("staff", draft.session.held_by)
        draft.change(notes=[])
    if draft.session.due <= draft.now:
        draft.because("staff", draft.session.held_by, "hold is over")
        _go_on(draft)


def listen(draft: Draft, news: list[str]) -> None:
    """After something was said: the ``news`` are new flags. An emergency is still answered as one."""
    draft.because("limit", "held")
    urgent = [flag for flag in news if draft.flow.worst_of([flag]) >= Level.URGENT]
    waits = {"waiting": draft.session.waiting, "due": draft.session.due}
    if draft.emergency(further=any(draft.flow.worst_of([flag]) == Level.EMERGENCY for flag in urgent)):
        draft.effects.append(Schedule(HOLD, max(0.0, draft.session.due - draft.now)))
        draft.change(**waits)
    if urgent and not draft.rose and draft.session.level >= Level.URGENT:
        draft.alert()


def _go_on(draft: Draft) -> None:
    draft.stop_waiting()
    draft.change(held_by="", notes=[])
    if not (draft.session.done or draft.session.opted_out):
        draft.carry_on()
