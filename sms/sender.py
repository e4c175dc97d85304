"""Sends what was put into the outbox: once if it can be known, and pages rather twice than never."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, fields

from sqlalchemy import Connection, RowMapping, select

from sms.carrier import Carried, Carrier, SendError, State, Way
from sms.outbox import PAGE, REPLY, STOPPED, move
from store.jobs import ATTEMPTS, Job, pause
from store.refusals import opted_out, refused
from store.store import Store
from store.tables import alerts, sends

log = logging.getLogger(__name__)

# A page that comes later than this would send somebody to where nobody needs them any more.
PAGE_VALID_SECONDS = 300
# How long a text may take to show up in Twilio's list.
_SETTLED_SECONDS = 60.0
# Our clock may be ahead of Twilio's.
_CLOCKS_APART_SECONDS = 120.0


# The time before which a row of the table sends must not go out; the time given, when there is none.
Earliest = Callable[[Connection, RowMapping, float], float]


@dataclass(frozen=True)
class _Send:
    id: int
    kind: str
    channel: Way
    recipient: str
    body: str
    state: State
    attempts: int
    created_at: float
    updated_at: float
    # Why it is not to be sent after all, or "".
    unwanted: str
    # Not to be sent before this time.
    earliest: float


class Sender:
    """The worker's hand for jobs ``send``, with ``{"send": row}`` as payload.

    No transaction is open while the network is used. A send that was begun and not ended (a crash, a lost
    connection) is looked for in the carrier's list before it is begun again. ``earliest`` holds back what
    must not come at any hour, however long it waited.
    """

    def __init__(self, store: Store, carrier: Carrier, earliest: Earliest | None = None) -> None:
        self._store = store
        self._carrier = carrier
        self._earliest = earliest

    def __call__(self, job: Job, now: float) -> float | None:
        """Sends it, and says when to try again: never when its fate is known, or not in our hands."""
        send = self._begin(int(job.payload["send"]), now)
        if send is None:
            return None
        if send.state != "queued":
            try:
                found = self._look_for(send)
            except SendError as error:
                if send.kind != PAGE:
                    return self._later(send, error, now)
                found = None
            if found:
                self._move(send, found.state, now, sid=found.sid, error=found.error)
                return None
            if send.attempts >= ATTEMPTS and not send.unwanted:
                self._give_up(send, "its fate is unknown", now)
                return None
            if send.kind != PAGE and now < send.updated_at + _SETTLED_SECONDS:
                return send.updated_at + _SETTLED_SECONDS
        if send.unwanted:
            # An alert that somebody took before its page left is no fault to be woken for.
            self._move(send, "unneeded" if send.kind == PAGE else "failed", now, error=send.unwanted)
            return None
        if send.earliest > now:
            return send.earliest
        body = self._start(send, now)
        if body is None:
            return None
        try:
            carried = self._hand_over(send, body)
        except SendError as error:
            return self._failed(send, error, now)
        # A callback may have been faster, and knows more.
        self._move(send, carried.state, now, sid=carried.sid, error=carried.error)
        return None

    def _begin(self, number: int, now: float) -> _Send | None:
        """What to send; ``None`` when that is done."""
        with self._store.database.transaction() as connection:
            row = connection.execute(select(sends).where(sends.c.id == number)).mappings().one_or_none()
            if row is None or row["state"] not in ("queued", "sending", "unknown"):
                return None
            unwanted = _unwanted(connection, row)
            earliest = self._earliest(connection, row, now) if self._earliest else now
        columns = {one.name: row[one.name] for one in fields(_Send) if one.name in row}
        return _Send(**columns, unwanted=unwanted, earliest=earliest)

    def _look_for(self, send: _Send) -> Carried | None:
        """The carrier's own row of it. One that may be another send's is no proof."""
        since = send.created_at - _CLOCKS_APART_SECONDS
        listed = self._carrier.outgoing(send.channel, send.recipient, since)
        alike = [one for one in listed if one.body.split() == send.body.split() or send.channel == "call"]
        with self._store.database.transaction() as connection:
            known = select(sends.c.sid).where(sends.c.sid.in_([one.sid for one in alike]))
            claimed = set(connection.execute(known).scalars())
            rivals = _rivals(connection, send, since)
        free = [one for one in alike if one.sid not in claimed]
        return free[0] if len(free) > rivals else None

    def _start(self, send: _Send, now: float) -> str | None:
        """The body to send, which from now on stays as it is; ``None`` when a callback was faster."""
        with self._store.database.transaction() as connection:
            begun = {"sent_at": now, "attempts": send.attempts + 1}
            if not move(connection, send.id, "sending", now, **begun):
                return None
            body = connection.execute(select(sends.c.body).where(sends.c.id == send.id)).scalar_one()
            return str(body)

    def _hand_over(self, send: _Send, body: str) -> Carried:
        if send.channel == "call":
            return self._carrier.call(send.recipient, body, send=send.id)
        valid_for = PAGE_VALID_SECONDS if send.kind == PAGE else None
        return self._carrier.text(send.recipient, body, send=send.id, valid_for=valid_for)

    def _failed(self, send: _Send, error: SendError, now: float) -> float | None:
        if not error.again:
            self._give_up(send, error.code or str(error), now)
            return None
        if not error.unknown and send.attempts + 1 >= ATTEMPTS:
            self._give_up(send, error.code or str(error), now)
            return None
        self._move(send, "unknown" if error.unknown else "queued", now, error=str(error))
        return self._later(send, error, now)

    def _later(self, send: _Send, error: SendError, now: float) -> float:
        log.warning("send %(send)s (%(kind)s) is tried again: %(error)s", _told(send, str(error)))
        return now + pause(send.attempts + 1)

    def _give_up(self, send: _Send, reason: str, now: float) -> None:
        log.error("send %(send)s (%(kind)s) was given up: %(error)s", _told(send, reason))
        self._move(send, "failed", now, error=reason)

    def _move(self, send: _Send, state: State, now: float, **more: object) -> bool:
        with self._store.database.transaction() as connection:
            return move(connection, send.id, state, now, **more)


def _told(send: _Send, error: str) -> dict[str, object]:
    return {"send": send.id, "kind": send.kind, "attempt": send.attempts + 1, "error": error}


def _unwanted(connection: Connection, row: RowMapping) -> str:
    if row["kind"] == PAGE and row["alert"] is not None:
        state = connection.execute(select(alerts.c.state).where(alerts.c.id == row["alert"])).scalar()
        return "" if state == "open" else "no longer needed"
    if row["contact"] is not None:
        return ""
    # The answer to what somebody texted goes out even after their own STOP; Twilio's refusal is final.
    stopped = refused if row["kind"] == REPLY else opted_out
    return STOPPED if stopped(connection, row["recipient"]) else ""


def _rivals(connection: Connection, send: _Send, since: float) -> int:
    """How many others may have left without our knowing it, and look the same in the carrier's list."""
    same = (sends.c.recipient == send.recipient) & (sends.c.channel == send.channel) & (sends.c.id != send.id)
    unknown = sends.c.state.in_(("sending", "unknown")) | (sends.c.attempts > 1)
    found = select(sends.c.body).where(same, unknown, sends.c.updated_at >= since)
    bodies = connection.execute(found).scalars()
    return sum(send.channel == "call" or body == send.body for body in bodies)
