"""Whose turn it is at a kiosk: one pure step from what happened there to what is to be done.

Nothing here hears, speaks or keeps anything. `voice.conversation` does what the actions say; both front ends,
the page and the plain microphone, are clients of the stream that it answers.
"""

from dataclasses import replace
from typing import Literal

from voice.talk_actions import Action, Apologise, Deliver, Forget, Hear, Quiet, Take, Tell, Turn
from voice.talk_events import (
    Alarmed,
    Answered,
    Began,
    Broke,
    Called,
    Due,
    Event,
    Faded,
    Finished,
    FromStaff,
    Greeted,
    Hushed,
    Left,
    Loud,
    Nobody,
    Opening,
    Restarted,
    Words,
)
from voice.talk_state import Talk

# Not understood so often in a row, whoever is asked "is that right?" is asked to touch; once more, and the
# conversation treats it as silence.
_TOUCH_AFTER = 2
_MOST_MISSES = 3
_LOUDER = {"louder": 1, "quieter": -1}
_FASTER = {"faster": 1, "slower": -1}


Step = tuple[Talk, tuple[Action, ...]]


def step(talk: Talk, event: Event) -> Step:
    """Where the talk stands after ``event``, and what is to be done, in this order."""
    if isinstance(event, Greeted):
        return _greeted(talk, event)
    if isinstance(event, Restarted):
        return _forgotten(talk)
    if isinstance(event, Broke):
        return _broke(talk)
    if talk.state == "thinking":
        return _answered(talk, event) if isinstance(event, Answered) else (talk, ())
    if isinstance(event, Left):
        return _asleep(talk)
    if isinstance(event, Opening):
        return _take(talk, Take("started"))
    if isinstance(event, Alarmed) and talk.state in ("listening", "confirming"):
        return _take(replace(talk, firm=True), Take("speech", event.text))
    if isinstance(event, Due) and talk.waiting and talk.state != "speaking":
        return _take(talk, Take("timed_out"))
    if isinstance(event, FromStaff) and talk.kept:
        return _take(talk, Take(event.asks))
    if isinstance(event, Words) and (event.typed or talk.state in ("listening", "confirming")):
        return _words(talk, event)
    if talk.state == "speaking":
        return _speaking(talk, event)
    if talk.state in ("idle", "asleep"):
        return _away(talk, event)
    return _listening(talk, event)


def _greeted(talk: Talk, event: Greeted) -> Step:
    fresh = Talk(wake=event.wake, half=event.half, reply=talk.reply)
    if event.kept:
        return _take(fresh, Take("started"))
    return (fresh, (Hear("wait"),)) if event.wake else _listen(fresh)


def _forgotten(talk: Talk) -> Step:
    """A clean start. Only what belongs to the kiosk itself is left of ``talk``."""
    fresh = Talk(wake=talk.wake, half=talk.half, reply=talk.reply, deaf=talk.deaf)
    return fresh, (*_stop(talk), Forget(), Hear("wait"))


def _broke(talk: Talk) -> Step:
    """People are told once, until somebody was heard again; then the kiosk waits to be called."""
    if talk.state not in ("listening", "confirming"):
        return talk, ()
    if talk.deaf:
        return _asleep(talk)
    return replace(_undoubted(talk), state="thinking", deaf=True), (Apologise(),)


def _answered(talk: Talk, event: Answered) -> Step:
    talk = replace(talk, kept=event.kept, done=event.done, waiting=event.waiting)
    if talk.silent:
        talk = replace(talk, reply=talk.reply + 1, silent=False)
        listening, actions = _listen(talk)
        return listening, (Deliver(talk.reply, aloud=False), *actions)
    return _speak(talk, Deliver(talk.reply + 1))


def _speaking(talk: Talk, event: Event) -> Step:
    ours = isinstance(event, Finished) and event.reply == talk.reply
    interrupts = isinstance(event, Called | Hushed) or (isinstance(event, Began) and not talk.half)
    if ours or interrupts:
        cut = isinstance(event, Began) and talk.kept and not talk.again
        listening, actions = _listen(replace(talk, firm=False, cut=cut))
        return listening, (*(() if ours else _stop(talk)), *actions)
    return talk, ()


def _away(talk: Talk, event: Event) -> Step:
    if isinstance(event, Faded) and talk.kept:
        return _forgotten(talk)
    if not isinstance(event, Called):
        return talk, ()
    if not talk.kept:
        return _listen(talk)
    if not (talk.done or talk.waiting):
        return _speak(talk, Deliver(talk.reply + 1))
    # Who has the advice, or waits to be asked, and calls wants to say something, not to hear it all again.
    talk = replace(talk, reply=talk.reply + 1)
    listening, actions = _listen(talk)
    return listening, (Deliver(talk.reply, aloud=False), *actions)


def _listening(talk: Talk, event: Event) -> Step:
    if isinstance(event, Loud) and not talk.loud:
        talk = replace(talk, loud=True)
        return (
            _tell_doubt(talk) if talk.doubt else _speak(talk, Tell(talk.reply + 1, _where(talk, "too_loud")))
        )
    if isinstance(event, Faded) and talk.kept:
        # The next words, whosever they are, begin another conversation.
        forgotten, actions = _forgotten(talk)
        return (forgotten, actions) if talk.wake else _listening_after(forgotten, actions)
    if not isinstance(event, Nobody):
        return talk, ()
    if talk.cut:
        # A weight that fell, somebody far away, the kiosk itself: nothing it had to say is lost by that.
        talk = replace(talk, cut=False, again=True)
        return _tell_doubt(talk) if talk.doubt else _speak(talk, Deliver(talk.reply + 1))
    if talk.state == "confirming":
        return _missed(talk)
    if talk.kept and not talk.done and not talk.waiting:
        return _take(talk, Take("silence"))
    # Until it asks again, the set goes on, and nothing of what was said is to be shown.
    return _asleep(talk) if talk.wake or talk.waiting else _listen(talk)


def _listening_after(talk: Talk, actions: tuple[Action, ...]) -> Step:
    listening, more = _listen(talk)
    return listening, (*actions, *more)


def _words(talk: Talk, event: Words) -> Step:
    talk = talk if event.typed else replace(talk, deaf=False, loud=False)
    if event.command in _LOUDER or event.command in _FASTER:
        return _turned(talk, event.command)
    if event.command == "stop":
        return _take(replace(talk, silent=True), _said(event))
    if talk.doubt and not event.worrying:
        if event.agrees:
            return _take(talk, Take("speech", talk.doubt))
        if event.agrees is False:
            return _speak(_undoubted(talk), Deliver(talk.reply + 1), _stop(talk))
        if event.command == "repeat":
            return _tell_doubt(talk)
        if not event.typed and not event.command:
            return _missed(talk)
    if event.doubt and not event.typed:
        return _tell_doubt(replace(talk, doubt=event.text, doubted=event.doubt, misses=0))
    return _take(talk, _said(event))


def _turned(talk: Talk, command: str) -> Step:
    """The voice is changed, and what it said last is said again that way."""
    what: Literal["volume", "speed"] = "volume" if command in _LOUDER else "speed"
    turn = Turn(what, _LOUDER.get(command) or _FASTER[command])
    before = (*_stop(talk), turn)
    if talk.doubt:
        return _tell_doubt(talk, before)
    if talk.kept:
        return _speak(talk, Deliver(talk.reply + 1), before)
    if talk.state in ("idle", "asleep"):
        return talk, before
    listening, actions = _listen(talk)
    return listening, (*before, *actions)


def _missed(talk: Talk) -> Step:
    """Neither yes nor no to "is that right?". Silence never lowers the worry."""
    talk = replace(talk, misses=talk.misses + 1)
    return _take(talk, Take("silence")) if talk.misses >= _MOST_MISSES else _tell_doubt(talk)


def _tell_doubt(talk: Talk, before: tuple[Action, ...] = ()) -> Step:
    key = _where(talk, "touch") if talk.misses >= _TOUCH_AFTER else f"check_{talk.doubted}"
    return _speak(talk, Tell(talk.reply + 1, key, talk.doubt, confirming=True), before)


def _where(talk: Talk, key: str) -> str:
    """The key of words that tell what to touch, or of those for a kiosk without a screen."""
    return f"{key}_plain" if talk.half else key


def _take(talk: Talk, take: Take) -> Step:
    """A turn begins. Nothing that was in doubt outlives it, so no answer is taken twice."""
    fresh = replace(_undoubted(talk), state="thinking", cut=False, again=False)
    return fresh, (*_stop(talk), take)


def _said(event: Words) -> Take:
    return Take("text" if event.typed else "speech", event.text)


def _speak(talk: Talk, action: Deliver | Tell, before: tuple[Action, ...] = ()) -> Step:
    ears = Hear("wait" if talk.half or talk.firm else "guard")
    return replace(talk, state="speaking", reply=action.reply), (*before, ears, action)


def _stop(talk: Talk) -> tuple[Action, ...]:
    return (Quiet(talk.reply),) if talk.state == "speaking" else ()


def _listen(talk: Talk) -> Step:
    if talk.doubt:
        return replace(talk, state="confirming"), (Hear("confirm"),)
    return replace(talk, state="listening"), (Hear("listen"),)


def _asleep(talk: Talk) -> Step:
    stop = _stop(talk)
    if not talk.kept:
        return replace(_undoubted(talk), state="idle"), (*stop, Hear("wait"))
    return replace(_undoubted(talk), state="asleep"), (*stop, Hear("wait"))


def _undoubted(talk: Talk) -> Talk:
    return replace(talk, doubt="", doubted="", misses=0)
