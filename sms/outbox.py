"""The outbox: what is to be sent is put down with what asked for it; a job sends it once that is kept."""

import logging
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, select, update
from sqlalchemy.dialects.postgresql import insert

from settings import Settings
from sms.carrier import News, State, Way
from sms.limits import LIMITED, Limits
from sms.segments import BODY_LIMIT, bodies
from store import check_ins
from store import jobs as later
from store.alerts import wake
from store.refusals import refuse
from store.store import Entry
from store.tables import sends

log = logging.getLogger(__name__)

# The kind of what tells staff of an alert, of the answer to somebody who texted, and of the question how
# somebody is some days later.
PAGE, REPLY, CHECK_IN = "page", "reply", "check_in"
# Why a text was not sent, when its recipient texted STOP; and Twilio's error for that.
STOPPED = "opted out"
_OPTED_OUT = "21610"
# Parts of a long text leave one after the other.
_PART_SECONDS = 1.0

_BEFORE: Mapping[State, tuple[State, ...]] = {
    "queued": ("sending",),
    "sending": ("queued", "sending", "unknown"),
    "unknown": ("sending", "unknown"),
    "sent": ("queued", "sending", "unknown"),
    "delivered": ("queued", "sending", "unknown", "sent"),
    "failed": ("queued", "sending", "unknown", "sent"),
    "unneeded": ("queued", "sending", "unknown"),
    "undelivered": ("queued", "sending", "unknown", "sent"),
}


class Outbox:
    """Puts down what is to be sent, within ``limits``."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits

    @classmethod
    def of(cls, settings: Settings) -> "Outbox":
        """The outbox within the limits that ``settings`` give."""
        return cls(Limits.of(settings))

    def put(
        self,
        connection: Connection,
        *,
        key: str,
        kind: str,
        to: str,
        body: str,
        now: float,
        channel: Way = "sms",
        alert: int | None = None,
        session: int | None = None,
        contact: str | None = None,
    ) -> bool:
        """Puts down a text, or a call whose ``body`` is TwiML; false when a limit forbids it.

        ``key`` keeps the same one from being put down twice. Nothing about an ``alert`` is limited away, and
        whether a `REPLY` is given was decided before. But a `PAGE` above a limit takes the place of what
        still waits for that contact about that alert, if there is any.
        """
        row: dict[str, object] = {
            "key": key,
            "kind": kind,
            "channel": channel,
            "recipient": to,
            "alert": alert,
        }
        row |= {"session": session, "contact": contact, "created_at": now, "updated_at": now}
        if connection.execute(select(sends.c.id).where(sends.c.key == key)).first():
            return True
        over = "" if kind == REPLY else self._limits.exceeded(connection, to, now)
        if over:
            log.warning("%(limit)s was reached by a text of kind %(kind)s", {"limit": over, "kind": kind})
            if alert is None:
                _insert(connection, row | {"body": body, "state": "failed", "error": LIMITED})
                return False
            if kind == PAGE and _merged(connection, row, body):
                return True
        for number, part in enumerate(bodies(body) if channel == "sms" else [body]):
            numbered = {"key": f"{key}/{number}" if number else key, "body": part, "state": "queued"}
            made = _insert(connection, row | numbered)
            if made is not None:
                due, payload = now + number * _PART_SECONDS, {"send": made}
                urgent = kind == PAGE or alert is not None
                later.schedule(
                    connection, key=f"send:{made}", kind="send", due=due, payload=payload, urgent=urgent
                )
        return True

    def put_replies(self, connection: Connection, entry: Entry, *, key: str, kind: str) -> bool:
        """Puts down what a turn says, with the turn; ``key`` with their numbers are the texts' keys.

        False when a limit forbids one of them.
        """
        put = [
            self.put(
                connection,
                key=f"{key}:{number}",
                kind=kind,
                to=entry.person,
                body=reply.text,
                now=entry.now,
                session=entry.session,
            )
            for number, reply in enumerate(entry.turn.replies)
        ]
        return all(put)


def _insert(connection: Connection, row: Mapping[str, object]) -> int | None:
    new = insert(sends).values(**row).on_conflict_do_nothing(index_elements=["key"])
    made = connection.execute(new.returning(sends.c.id)).scalar_one_or_none()
    return None if made is None else int(made)


def _merged(connection: Connection, row: Mapping[str, Any], body: str) -> bool:
    same = [sends.c[name] == row[name] for name in ("recipient", "channel", "alert", "kind")]
    waiting = update(sends).where(*same, sends.c.state == "queued")
    # The ladder looks for a page by its key.
    fresh = {name: row[name] for name in ("key", "created_at", "updated_at")}
    fresh["body"] = body[:BODY_LIMIT] if row["channel"] == "sms" else body
    return connection.execute(waiting.values(**fresh).returning(sends.c.id)).first() is not None


def move(connection: Connection, send: int, state: State, now: float, **more: Any) -> bool:
    """Moves a send on to ``state``, with ``more`` columns; false when it is there already, or further on.

    News of a page wakes its ladder, and a refusal is taken down as the person's STOP.
    """
    moved = update(sends).where(sends.c.id == send, sends.c.state.in_(_BEFORE[state]))
    row = connection.execute(moved.values(state=state, updated_at=now, **more).returning(sends)).one_or_none()
    if row is None:
        return False
    if row.error == _OPTED_OUT:
        refuse(connection, row.recipient, _OPTED_OUT, now)
        later.cancel(connection, person=row.recipient)
        check_ins.cancel(connection, row.recipient)
    if row.kind == PAGE and row.alert is not None and state in ("sent", "delivered", "failed", "undelivered"):
        wake(connection, row.alert, f"send {send} {state}", now)
    return True


def withdraw(connection: Connection, person: str, now: float) -> None:
    """``person`` wants no more texts: answers that still wait for the sender do not go out."""
    mine = update(sends).where(sends.c.recipient == person, sends.c.kind == REPLY, sends.c.state == "queued")
    connection.execute(mine.values(state="failed", error=STOPPED, updated_at=now))


def note(connection: Connection, news: News, now: float) -> bool:
    """Takes down a status callback; false when it brings nothing new."""
    ours = sends.c.sid == news.sid
    if news.send is not None:
        # It may come before we knew that the text was handed over.
        ours |= (sends.c.id == news.send) & sends.c.sid.is_(None)
    found = connection.execute(select(sends.c.id).where(ours).with_for_update()).scalar()
    if found is None:
        return False
    return move(connection, int(found), news.state, now, sid=news.sid, error=news.error)
