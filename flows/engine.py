"""The conversation's one decision: `step` takes a session and an event and gives the turn.

It is pure: no clock, no chance, no input or output. The order is always the same: opt-out, red flags,
whether staff hold the conversation, commands, the expected answer, questions, the fallback ladder.
"""

from flows import holding, ladder
from flows.answering import answer, confirm
from flows.draft import Draft
from flows.events import DaysLater, Event, HandedBack, Silence, Speech, StaffSaid, Text, TimedOut
from flows.heard import Heard
from flows.languages import COMMAND as LANGUAGE
from flows.levels import Level
from flows.model import Flow
from flows.questions import open_question
from flows.reminder import come_back, put_off
from flows.session import HOLD, REMIND, Session
from flows.turn import Cancel, Reply, Turn

# Commands that only bring the open question back. Volume and speed are the kiosk's own business.
_CARRY_ON = {"start", "greeting", "thanks", "slower", "faster", "louder", "quieter"}


def step(flow: Flow, session: Session, event: Event, now: float) -> Turn:
    """What happens next in ``session`` when ``event`` comes at ``now`` (seconds since 1970)."""
    draft = Draft(flow, session, now)
    draft.because("event", type(event).__name__)
    if isinstance(event, Text | Speech) and event.heard.language:
        draft.because("language", event.heard.language)
        draft.change(language=event.heard.language)
    if isinstance(event, StaffSaid):
        holding.take_over(draft, event)
        return draft.turn()
    if isinstance(event, HandedBack):
        holding.give_back(draft, event)
        return draft.turn()
    if session.held and not session.opted_out:
        _while_held(draft, event)
        return draft.turn()
    fresh = not session.step
    later = isinstance(event, DaysLater) and flow.check_in
    if fresh:
        draft.walk(later.question if later else flow.start)
    if session.turns >= flow.turn_limit and not session.done:
        ladder.limit(draft)
    elif isinstance(event, Text | Speech):
        _said(draft, event, fresh)
    elif isinstance(event, TimedOut):
        _timed_out(draft, event.kind)
    elif isinstance(event, Silence) and not session.lost:
        ladder.silence(draft)
    elif session.done:
        draft.say(session.step)
    elif session.lost:
        draft.carry_on()
    elif not fresh:
        draft.ask()
    return draft.turn()


def _while_held(draft: Draft, event: Event) -> None:
    """Staff answer themselves. STOP and red flags still count, and nothing else is said."""
    if isinstance(event, Text | Speech):
        news = _flags(draft, event.heard)
        if event.heard.command == "stop" and draft.session.channel == "sms":
            _command(draft, "stop")
        else:
            holding.listen(draft, news)
    elif isinstance(event, TimedOut) and event.kind == HOLD:
        holding.time_out(draft)


def _said(draft: Draft, event: Text | Speech, fresh: bool) -> None:
    if draft.session.opted_out:
        _after_opt_out(draft, event.heard)
        return
    opening = draft.replies[:-1] if fresh else []
    draft.replies.clear()
    _hear(draft, event, fresh)
    level = draft.session.level
    if level < Level.EMERGENCY:
        draft.replies[:0] = opening
    if draft.rose and level < Level.EMERGENCY and not draft.session.done:
        draft.replies.insert(0, Reply(draft.words("stop_now"), "stop_now"))


def _hear(draft: Draft, event: Text | Speech, fresh: bool) -> None:
    heard = event.heard
    pictures = event.pictures if isinstance(event, Text) else 0
    question = open_question(draft.flow, draft.session)
    doubted = draft.session.confirm[0] if draft.session.confirm and not draft.unasked else ""
    news = _flags(draft, heard, doubted)
    further = any(draft.flow.worst_of([flag]) == Level.EMERGENCY for flag in news)
    if draft.emergency(further=further):
        return
    if heard.command == REMIND:
        draft.because("command", REMIND)
        put_off(draft, heard.duration_hours)
        return
    if heard.command and _command(draft, heard.command):
        return
    if draft.session.done:
        _after_end(draft, heard, bool(news))
        return
    if heard.duration_hours is not None:
        draft.session.answers["duration_hours"] = round(heard.duration_hours)
    for topic in heard.topics:
        draft.because("topic", topic)
        draft.say(f"topic.{topic}")
    if heard.foreign:
        ladder.foreign(draft)
        return
    answered = confirm(draft, doubted, heard, pictures) if doubted else answer(draft, question, heard)
    if draft.emergency():
        return
    if answered or draft.rose:
        draft.move_on()
    elif pictures:
        draft.say("pictures")
        draft.carry_on()
    elif heard.topics or news or fresh or draft.session.lost:
        draft.carry_on()
    else:
        ladder.miss(draft)


def _flags(draft: Draft, heard: Heard, doubted: str = "") -> list[str]:
    """Note every flag that was spoken of. Gives those newly present or newly in doubt.

    The flag that the one plain question is about (``doubted``) is settled by the answer as a whole.
    """
    before = dict(draft.session.flags)
    for mention in heard.mentions:
        if mention.flag != doubted or mention.polarity == "present":
            draft.mention(mention)
    after = draft.session.flags
    return [flag for flag in after if after[flag] != before.get(flag) and after[flag] != "denied"]


def _after_end(draft: Draft, heard: Heard, news: bool) -> None:
    """Something said after the disposition: worse or new is checked again, questions are answered."""
    worse = news or heard.choice in draft.flow.reopen_answers
    if worse and draft.session.level < Level.EMERGENCY:
        kept = {flag: state for flag, state in draft.session.flags.items() if state != "denied"}
        draft.change(done=False, flags=kept, answers={}, trail=[])
        draft.say("check_again")
        if draft.session.confirm:
            draft.change(step=draft.flow.screening)
            draft.ask()
        else:
            draft.walk(draft.flow.screening)
        return
    for topic in heard.topics:
        draft.because("topic", topic)
        draft.say(f"topic.{topic}")
    if not heard.topics or draft.session.level >= Level.URGENT:
        draft.carry_on()


def _command(draft: Draft, command: str) -> bool:
    """Carry out a global command. False when it is none that changes anything here."""
    draft.because("command", command)
    session = draft.session
    if command == "stop":
        _stop(draft)
    elif command == "restart":
        _restart(draft)
    elif command == "staff":
        draft.alert()
        draft.say("staff")
        draft.carry_on()
    elif command == "help":
        draft.say("help")
        draft.carry_on()
    elif command.startswith(LANGUAGE):
        _language(draft, command.removeprefix(LANGUAGE))
    elif command == "repeat" and session.done:
        draft.say(session.step)
    elif session.done:
        return False
    elif command == "back":
        _back(draft)
    elif command == "repeat" or command in _CARRY_ON:
        draft.carry_on()
    return True


def _stop(draft: Draft) -> None:
    """By text, STOP is the opt-out; at the kiosk it only asks for quiet."""
    if draft.session.channel == "voice":
        draft.say("quiet")
        return
    draft.change(opted_out=True, waiting="", due=0.0)
    draft.effects.append(Cancel("*"))
    draft.say("opted_out")


def _restart(draft: Draft) -> None:
    old = draft.session
    draft.stop_waiting()
    draft.session = Session(
        flow=old.flow,
        version=old.version,
        channel=old.channel,
        language=old.language,
        country=old.country,
        turns=1,
        last_at=draft.now,
    )
    draft.level_before = Level.INFO
    draft.say("restarted")
    draft.walk(draft.flow.start)


def _back(draft: Draft) -> None:
    """Ask the last answered question again. What was answered is forgotten; level and doubts stay."""
    draft.stop_waiting()
    if not draft.session.trail:
        draft.ask()
        return
    name, _, flags = draft.session.trail.pop().partition("|")
    if name.startswith("?"):
        draft.session.flags[name[1:]] = "unsure"
        draft.session.confirm.append(name[1:])
        draft.ask()
        return
    draft.session.answers.pop(name, None)
    for flag in filter(None, flags.split(",")):
        draft.session.flags.pop(flag, None)
    draft.walk(name)


def _language(draft: Draft, code: str) -> None:
    """Speak another language from now on, and say again what stands in it."""
    if code not in draft.flow.wording:
        draft.say("language")
        draft.carry_on()
        return
    draft.change(language=code)
    if draft.session.done:
        draft.say(draft.session.step)
    else:
        draft.ask()


def _after_opt_out(draft: Draft, heard: Heard) -> None:
    """After STOP nothing is sent, but staff still hear of red flags; doubts are asked about after START."""
    draft.replies.clear()
    if heard.command == "start":
        draft.change(opted_out=False)
        draft.because("command", "start")
        draft.say("opted_in")
        if draft.session.level == Level.EMERGENCY:
            draft.finish(draft.end_for(Level.EMERGENCY))
        elif draft.session.done:
            _after_end(draft, heard, bool(draft.session.confirm))
        else:
            draft.move_on()
        return
    draft.because("limit", "opted_out")
    _flags(draft, heard)


def _timed_out(draft: Draft, kind: str) -> None:
    if draft.session.lost and not draft.session.opted_out:
        draft.carry_on()
        return
    if draft.session.waiting != kind or draft.session.opted_out:
        draft.because("limit", f"nothing waits for {kind}")
        return
    draft.change(waiting="", due=0.0)
    if kind == REMIND:
        come_back(draft)
    else:
        draft.ask()
