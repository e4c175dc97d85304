"""The one transaction in which a turn is decided and kept."""

import json
import logging
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, bindparam, func, insert, select, update

from flows.session import EXPIRY_SECONDS, BadSessionError, Session
from flows.turn import Alert, Cancel, Reply, Schedule, Turn
from store import jobs as later
from store.commits import Commits
from store.database import Database
from store.jobs import Jobs
from store.statement import Statement
from store.tables import alerts, sessions, turns

log = logging.getLogger(__name__)

# One look finds both: whether the message was answered before, and where its sender stands.
_LOOK = Statement(
    select(
        sessions.c.id,
        sessions.c.state,
        select(turns.c.replies).where(turns.c.inbound == bindparam("inbound")).scalar_subquery(),
    )
    .where(sessions.c.person == bindparam("who"))
    .order_by(sessions.c.id.desc())
    .limit(1)
)
_BEGIN = Statement(insert(sessions).returning(sessions.c.id))
_MOVE = Statement(update(sessions).where(sessions.c.id == bindparam("row")))
_KEEP = Statement(insert(turns).returning(turns.c.id))

Decide = Callable[[Session | None], Turn | None]


@dataclass(frozen=True)
class Kept:
    """What a turn came to. ``turn`` is ``None`` when nothing moved.

    ``repeated``: this message was answered before, and ``replies`` are those of then.
    """

    replies: tuple[Reply, ...]
    turn: Turn | None
    repeated: bool = False


class Store:
    """Conversations in a database. Safe to use from many threads.

    ``counts`` says how many were kept since the start, by ``("turns" or "alerts", level id)``.
    """

    def __init__(self, url: str) -> None:
        self.database = Database(url)
        self.jobs = Jobs(self.database)
        self._commits = Commits(self.database)
        self._counting = threading.Lock()
        self.counts: Counter[tuple[str, str]] = Counter()

    def take_turn(
        self, person: str, inbound_id: str | None, now: float, decide: Decide, said: str = ""
    ) -> Kept:
        """Decides and keeps one turn of ``person``: all of it or, when anything raises, nothing.

        ``inbound_id`` is the message's idempotency key, ``None`` where a channel has none. ``decide`` is
        pure and gets the person's live session, ``None`` when there is none; it may answer ``None`` to
        leave everything as it is, and may be asked in another thread, or twice. Raises `BusyError` or
        SQLAlchemy's errors when nothing can be kept, and whatever ``decide`` raises.
        """
        kept = self._commits.keep(lambda connection: _take(connection, person, inbound_id, now, decide, said))
        if kept.turn:
            self._count(kept.turn)
        return kept

    def session(self, person: str, now: float) -> Session | None:
        """The live session of ``person``, as `take_turn` would hand it to ``decide``."""
        with self.database.transaction() as connection:
            return _stand(connection, person, None, now).session

    def versions_in_use(self, now: float) -> set[str]:
        """The versions of a flow that live sessions are pinned to.

        Raises `BusyError` or SQLAlchemy's errors when the database cannot be used.
        """
        live = sessions.c.last_at > now - max(EXPIRY_SECONDS.values())
        pinned = select(func.json_extract(sessions.c.state, "$.version")).distinct()
        with self.database.transaction() as connection:
            rows = connection.execute(pinned.where(live, func.json_valid(sessions.c.state)))
            return {version for (version,) in rows if version}

    def _count(self, turn: Turn) -> None:
        with self._counting:
            self.counts["turns", turn.session.level.id] += 1
            for effect in turn.effects:
                if isinstance(effect, Alert):
                    self.counts["alerts", effect.level.id] += 1


def _take(
    connection: Connection, person: str, inbound_id: str | None, now: float, decide: Decide, said: str
) -> Kept:
    stand = _stand(connection, person, inbound_id, now)
    if stand.answered is not None:
        return Kept(stand.answered, None, repeated=True)
    turn = decide(stand.session)
    if turn is None:
        return Kept((), None)
    session_id = _keep_session(connection, stand, person, turn.session, now)
    kept = {
        "inbound": inbound_id,
        "session": session_id,
        "at": now,
        "said": said,
        "replies": json.dumps([vars(one) for one in turn.replies]),
        "trace": json.dumps([vars(one) for one in turn.trace]),
    }
    [turn_id] = _KEEP.run(connection, kept)
    _keep_effects(connection, turn_id, session_id, person, turn, now)
    return Kept(turn.replies, turn)


@dataclass(frozen=True)
class _Stand:
    """Where a person stands: the newest conversation, and what this message was ``answered`` before.

    ``over``: the conversation has expired, and the next turn begins another.
    """

    row: int | None = None
    session: Session | None = None
    over: bool = False
    answered: tuple[Reply, ...] | None = None


def _stand(connection: Connection, person: str, inbound_id: str | None, now: float) -> _Stand:
    found = _LOOK.run(connection, {"who": person, "inbound": inbound_id})
    if found is None:
        return _Stand()
    row, state, replies = found
    if replies is not None:
        return _Stand(answered=tuple(Reply(**one) for one in json.loads(replies)))
    try:
        session = Session.from_json(state)
    except BadSessionError:
        log.error("session %s cannot be read; a fresh one begins", row)
        return _Stand(row, over=True)
    if not session.expired(now):
        return _Stand(row, session)
    if not session.opted_out:
        return _Stand(row, over=True)
    # Old answers must not count any more, but STOP holds until the person takes it back.
    blank = Session(session.flow, session.version, session.channel, session.language, session.country)
    return _Stand(row, replace(blank, opted_out=True), over=True)


def _keep_session(connection: Connection, stand: _Stand, person: str, session: Session, now: float) -> int:
    state: dict[str, Any] = {"level": session.level.id, "last_at": now, "state": session.to_json()}
    if stand.row is not None and not stand.over:
        _MOVE.run(connection, state | {"row": stand.row})
        return stand.row
    if stand.row is not None:
        later.cancel(connection, stand.row, "*")
    begun = {"person": person, "channel": session.channel, "started_at": now}
    return int(_BEGIN.run(connection, state | begun)[0])


def _keep_effects(
    connection: Connection, turn_id: int, session_id: int, person: str, turn: Turn, now: float
) -> None:
    for effect in turn.effects:
        if isinstance(effect, Alert):
            row = {"turn": turn_id, "session": session_id, "at": now, "level": effect.level.id}
            connection.execute(insert(alerts), row | {"flags": json.dumps(effect.flags)})
        elif isinstance(effect, Cancel):
            later.cancel(connection, session_id, effect.kind)
        elif isinstance(effect, Schedule) and turn.session.channel == "sms":
            # The kiosk's page is there to say itself that a wait is over.
            due = now + effect.after
            later.schedule(
                connection, person=person, session=session_id, turn=turn_id, kind=effect.kind, due=due
            )
