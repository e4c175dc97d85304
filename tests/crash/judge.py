"""What must hold after all the kills."""

import json
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from flows.events import Text
from flows.levels import Level
from flows.line import Line
from flows.turn import Alert, Effect, End
from tests.crash.evidence import ON_THE_WAY, Evidence
from tests.crash.quick_clock import PACE
from tests.replay import Replay, replies_of

_LEFT = ("sent", "delivered", "undelivered")
_CHECKED_LEVELS, _CHECK_IN_DAYS = (Level.STOP_TODAY, Level.MODIFY), (1, 3)


def faults(evidence: Evidence, line: Line) -> list[str]:
    """Everything that must not be, each in a few words."""
    return [
        *_histories(evidence, line),
        *_messages(evidence, line),
        *_promises(evidence),
        *_ladders(evidence),
    ]


def _histories(evidence: Evidence, line: Line) -> Iterator[str]:
    """What is kept of each person is what they texted, once and in order, and what the engine makes of it."""
    replay, of, told, asked = Replay(line), defaultdict(list), defaultdict(list), defaultdict(list)
    for one in evidence.conversations:
        of[one.row.person].append(one)
    for alert in evidence.alerts:
        told[alert.session].append(alert)
    for check_in in evidence.check_ins:
        asked[check_in.person].append(check_in)
    for person in evidence.people:
        texted = [message.row.body for message in person.sent]
        kept = [said for one in of[person.number] for said in one.said]
        if kept != texted:
            yield f"{person.number} texted {texted}, and {kept} is kept"
        ends: list[tuple[int, Level]] = []
        for one in of[person.number]:
            found, effects = replay(one)
            yield from found
            yield from _alerts(one.row.id, effects, told[one.row.id])
            ends += [(one.row.id, effect.level) for effect in effects if isinstance(effect, End)]
        yield from _check_ins(evidence, ends, asked[person.number])


def _alerts(session: int, effects: list[Effect], kept: list[Any]) -> Iterator[str]:
    """One alert for a conversation that has any, or one more for each that staff have closed."""
    raised = sum(isinstance(effect, Alert) for effect in effects)
    closed = sum(one.state == "closed" for one in kept)
    if bool(raised) != bool(kept) or len(kept) > 1 + closed:
        yield f"session {session} raised {raised} alerts, and {len(kept)} are kept"


def _check_ins(evidence: Evidence, ends: list[tuple[int, Level]], kept: list[Any]) -> Iterator[str]:
    """Each one that was promised is there and was texted once, unless there was a newer advice."""
    promised = [(end, day) for end, level in ends if level in _CHECKED_LEVELS for day in _CHECK_IN_DAYS]
    if sorted((one.session, one.day) for one in kept) != sorted(promised):
        yield f"check-ins {promised} were promised, and {[(one.session, one.day) for one in kept]} are kept"
    texts = {one.key: evidence.times_sent[one.id] for one in evidence.sends if one.kind == "check_in"}
    advised = max((end for end, level in ends if level > Level.INFO), default=0)
    for one in kept:
        times = texts.get(f"job:check_in:{one.id}:0", 0)
        if times != (one.asked_at is not None):
            yield f"check-in {one.id} is {one.state}, and was texted {times} times"
        if one.asked_at is None and not (one.state == "cancelled" and advised > one.session):
            yield f"check-in {one.id} of day {one.day} is {one.state}, and was never asked"


def _messages(evidence: Evidence, line: Line) -> Iterator[str]:
    """Each message is one turn, and every answer to it the same.

    Or the one of an emergency that was told of while the database could not be had: it was kept later.
    """
    kept = defaultdict(list)
    for conversation in evidence.conversations:
        for turn in conversation.turns:
            kept[turn.inbound].append(turn)
    for message in [*(one for person in evidence.people for one in person.sent), *evidence.staff]:
        answered = kept[message.row.sid]
        if message.answers and len(answered) != 1:
            yield f"{message.row.sid} was accepted, and is {len(answered)} turns"
        others = [one for turn in answered for one in message.answers if one != replies_of(turn)]
        if any(one != _without_memory(line, message.row.body) for one in others):
            yield f"{message.row.sid} was answered in two ways"


def _without_memory(line: Line, said: str) -> list[str] | None:
    """The answer to an emergency of somebody never met; ``None`` when it is none."""
    fresh = line.open("sms", "US")
    turn = line.step(fresh, Text(line.hear(fresh, said)), 0.0)
    return [reply.text for reply in turn.replies] if turn.session.level == Level.EMERGENCY else None


def _promises(evidence: Evidence) -> Iterator[str]:
    """What was put down for later is done, or still to be done, and nothing was given up."""
    yield from evidence.late
    yield from (f"job {one.id} ({one.kind}) is dead" for one in evidence.jobs if one.state == "dead")
    to_send = {json.loads(one.payload)["send"] for one in evidence.jobs if one.kind == "send"}
    for one in evidence.sends:
        if one.state in ON_THE_WAY and one.id not in to_send:
            yield f"send {one.id} ({one.kind}) is {one.state}, and forgotten"
        if one.state in _LEFT and not evidence.times_sent[one.id]:
            yield f"send {one.id} ({one.kind}) is {one.state}, and never left"
    again = {one.session for one in evidence.jobs if one.kind.startswith("time_out")}
    for conversation in evidence.conversations:
        if json.loads(conversation.row.state)["waiting"] and conversation.row.id not in again:
            yield f"session {conversation.row.id} waits to be asked again, and nobody will"


def _ladders(evidence: Evidence) -> Iterator[str]:
    """Each alert is taken or still paging; once it is taken, no page is begun any more.

    Within a second, a worker may have looked before the transaction that takes it was over.
    """
    climbing = {json.loads(one.payload)["alert"] for one in evidence.jobs if one.kind == "escalate"}
    pages = {one.key for one in evidence.sends if one.kind == "page" and evidence.times_sent[one.id]}
    for one in evidence.alerts:
        if one.state != "open" or Level.from_id(one.level) < Level.URGENT:
            continue
        if one.id not in climbing:
            yield f"alert {one.id} is open, and nobody will be paged any more"
        if not any(key.startswith(f"page:{one.id}:{one.turn}:") for key in pages):
            yield f"alert {one.id} is open, and nobody was paged"
    for alert, after in evidence.late_pages:
        if after > PACE:
            yield f"a page about alert {alert} was begun {after / PACE:.1f} s after somebody had taken it"
