"""Asks after somebody, some days after they were told what to do: better, the same, worse?"""

import logging
from typing import Any

from sqlalchemy import Connection, Row

from desk.check_ins import CheckIns, Origin, origin_of
from flows.events import DaysLater
from flows.session import Session
from flows.turn import Turn
from flows.versions import Versions
from sms.outbox import CHECK_IN, Outbox
from store import check_ins as rows
from store.jobs import Job
from store.refusals import refused
from store.store import Entry, Store

log = logging.getLogger(__name__)

# How long to wait for a conversation that can be used, and for somebody who is in the middle of one or has
# got too many texts today.
_SPEECHLESS_SECONDS, _BUSY_SECONDS = 60.0, 3600.0
# Who was not asked so long after the time is not asked at all; nor who is to be asked again that soon.
_TOO_LATE_SECONDS, _SOON_SECONDS = 2 * 24 * 3600.0, 12 * 3600.0


class _HeldBackError(RuntimeError):
    """A limit forbids to text now. Nothing is kept then: who was not asked will not answer."""


class AskingAfter:
    """The worker's hand for jobs ``check_in``, with ``{"check_in": row}`` as payload.

    The same job comes back a day after the question, to take down that nobody answered.
    """

    def __init__(self, versions: Versions, store: Store, check_ins: CheckIns, outbox: Outbox) -> None:
        self._versions = versions
        self._store = store
        self._check_ins = check_ins
        self._outbox = outbox

    def __call__(self, job: Job, now: float) -> float | None:
        """Does what the row's state calls for, and says when to look again."""
        with self._store.database.transaction() as connection:
            row = rows.find(connection, int(job.payload["check_in"]))
            if row is None:
                return None
            if row.state == "asked":
                return _hear_nothing(connection, row, now)
            if row.state != "waiting":
                return None
            if _is_pointless(connection, row, now):
                rows.drop(connection, row.id)
                return None
            origin = origin_of(connection, row.session)
            until = self._check_ins.awake(row.person, origin, now)
        return until if until > now else self._ask(job, row, origin, now)

    def _ask(self, job: Job, row: Row[Any], origin: Origin, now: float) -> float | None:
        """Puts the question, unless the person is in the middle of something, or wants no texts."""
        line = self._versions.newest
        if line is None:
            log.error("a check-in waits for a conversation that can be used")
            return now + _SPEECHLESS_SECONDS
        wanted, busy = [False], [False]

        def look(connection: Connection) -> None:
            current = rows.find(connection, row.id)
            wanted[0] = current is not None and current.state == "waiting"

        def decide(session: Session | None) -> Turn | None:
            stopped = session is not None and session.opted_out
            busy[0] = session is not None and bool(session.step) and not (session.done or stopped)
            wanted[0] = wanted[0] and not stopped and line.flow.check_in is not None
            if busy[0] or not wanted[0]:
                return None
            now_spoken = session or origin
            fresh = line.open("sms", now_spoken.country, now_spoken.language)
            return line.step(fresh, DaysLater(), now)

        def put(connection: Connection, entry: Entry) -> None:
            rows.asked(connection, row.id, now)
            if not self._outbox.put_replies(connection, entry, key=job.inbound, kind=CHECK_IN):
                raise _HeldBackError

        place = (self._check_ins.site_of(origin), "")
        try:
            kept = self._store.take_turn(
                row.person, job.inbound, now, decide, place=place, look=look, then=put
            )
        except _HeldBackError:
            return now + _BUSY_SECONDS
        if kept.turn or kept.repeated:
            return now + rows.ANSWER_SECONDS
        if busy[0]:
            return now + _BUSY_SECONDS
        with self._store.database.transaction() as connection:
            rows.drop(connection, row.id)
        return None


def _hear_nothing(connection: Connection, row: Row[Any], now: float) -> float | None:
    until = float(row.asked_at) + rows.ANSWER_SECONDS
    if now < until:
        return until
    rows.silent(connection, row.id)
    return None


def _is_pointless(connection: Connection, row: Row[Any], now: float) -> bool:
    """Whether it is too late to ask, or the next check-in comes soon, or nothing may be sent."""
    if now > row.due + _TOO_LATE_SECONDS:
        log.error(
            "check-in %s was due %.0f hours ago; it is not asked any more", row.id, (now - row.due) / 3600
        )
        return True
    return rows.follows(connection, row, now + _SOON_SECONDS) or refused(connection, row.person)
