"""The one transaction in which a turn is decided and kept."""

import json
import logging
import threading
from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, bindparam, insert, make_url, select, update

from flows.session import EXPIRY_SECONDS, BadSessionError, Session
from flows.turn import Alert, Cancel, Reply, Schedule, Turn
from store import jobs as later
from store.alerts import raise_alert
from store.database import TROUBLE, Clock, Database
from store.jobs import Jobs
from store.keys import Keys
from store.postgres import PostgreSQL
from store.sqlite import SQLite
from store.statement import Statement
from store.tables import sessions, turns

log = logging.getLogger(__name__)

# One look finds both: whether the message was answered before, and where its sender stands.
_LOOK = Statement(
    select(
        sessions.c.id,
        sessions.c.version,
        sessions.c.state,
        select(turns.c.replies).where(turns.c.inbound == bindparam("inbound")).scalar_subquery(),
    )
    .where(sessions.c.person == bindparam("who"))
    .order_by(sessions.c.id.desc())
    .limit(1)
)
_BEGIN = Statement(insert(sessions).returning(sessions.c.id))
_MOVE = Statement(
    update(sessions)
    .where(sessions.c.id == bindparam("row"), sessions.c.version == bindparam("seen"))
    .returning(sessions.c.id)
)
_KEEP = Statement(insert(turns).returning(turns.c.id))

# The trace of a turn whose answer a limit held back.
CUT_OFF = "cut off"

Decide = Callable[[Session | None], Turn | None]

# As many at once, and so long each: a glance is to save time.
_GLANCES, _GLANCE_SECONDS = 8, 1.0


class OvertakenError(RuntimeError):
    """Somebody else kept a turn of this conversation meanwhile, past the lock on its person."""


@dataclass(frozen=True)
class Kept:
    """What a turn came to. ``turn`` is ``None`` when nothing moved.

    ``repeated``: this message was answered before, and ``replies`` are those of then.
    """

    replies: tuple[Reply, ...]
    turn: Turn | None
    repeated: bool = False


@dataclass(frozen=True)
class Entry:
    """A turn that is being kept: row ``id`` of the table turns, in row ``session`` of the table sessions."""

    id: int
    session: int
    person: str
    said: str
    turn: Turn
    now: float


Then = Callable[[Connection, Entry], None]


class Store:
    """Conversations in a database, sealed with ``keys``. Safe to use from many threads.

    ``clock`` instead of the database's own is for tests. ``then`` is done in the transaction of every turn,
    so that what it writes is kept with the turn or not at all. ``counts`` says what happened since the
    start: ``("turns", level, channel)`` that were kept, and ``("alerts", level)``; the rooms `count` what
    they did without it.
    """

    def __init__(self, url: str, keys: Keys, clock: Clock | None = None, then: Iterable[Then] = ()) -> None:
        kind = SQLite if make_url(url).drivername == "sqlite" else PostgreSQL
        self.database: Database = kind(url, keys)
        self.jobs = Jobs(self.database)
        self.now = clock or self.database.now
        self._then = tuple(then)
        self._glances = ThreadPoolExecutor(_GLANCES, "glance")
        self._counting = threading.Lock()
        self.counts: Counter[tuple[str, ...]] = Counter()

    def open(self) -> None:
        """Brings the tables up to date now, not with the first turn; trouble is logged. Never raises."""
        try:
            with self.database.transaction():
                pass
        except TROUBLE as error:
            log.error("the database cannot be used: %s", type(error).__name__)

    def take_turn(
        self,
        person: str,
        inbound_id: str | None,
        now: float,
        decide: Decide,
        said: str = "",
        place: tuple[str, str] = ("", ""),
        *,
        look: Callable[[Connection], None] | None = None,
        then: Then | None = None,
    ) -> Kept:
        """Decides and keeps one turn of ``person``: all of it or, when anything raises, nothing.

        ``inbound_id`` is the message's idempotency key, ``None`` where a channel has none. ``decide`` is
        pure and gets the person's live session, ``None`` when there is none; it may answer ``None`` to
        leave everything as it is, and may be asked in another thread, or twice. ``place`` is the site and
        the kiosk of a conversation that begins. ``look`` is done before ``decide`` and ``then`` after the
        turn is kept, both in its transaction, and neither when the message was answered before. Raises one
        of `TROUBLE` when nothing can be kept, and whatever ``decide`` raises.
        """

        def work(connection: Connection) -> Kept:
            stand = _stand(connection, person, inbound_id, now)
            if stand.answered is not None:
                return Kept(stand.answered, None, repeated=True)
            if look:
                look(connection)
            turn = decide(stand.session)
            if turn is None:
                return Kept((), None)
            session = _keep_session(connection, stand, person, turn.session, now, place)
            row = _keep_turn(connection, inbound_id, session, now, said, turn)
            entry = Entry(row, session, person, said, turn, now)
            _keep_effects(connection, entry)
            for one in (*self._then, *([then] if then else [])):
                one(connection, entry)
            return Kept(turn.replies, turn)

        kept = self.database.keep(person, work)
        if kept.turn:
            self._count_kept(kept.turn)
        return kept

    def session(self, person: str, now: float) -> Session | None:
        """The live session of ``person``, as `take_turn` would hand it to ``decide``."""
        with self.database.transaction() as connection:
            return _stand(connection, person, None, now).session

    def glance(self, person: str, now: float) -> Session | None:
        """The same without waiting for anybody, while another turn of ``person`` may be under way.

        Raises one of `TROUBLE` after a second too: it only saves time, and a disk may hang.
        """

        def look() -> Session | None:
            with self.database.glance() as connection:
                return _stand(connection, person, None, now).session

        return self._glances.submit(look).result(_GLANCE_SECONDS)

    def versions_in_use(self, now: float) -> set[str]:
        """The versions of a flow that live sessions are pinned to. Raises one of `TROUBLE`."""
        live = turns.c.at > now - max(EXPIRY_SECONDS.values())
        pinned = select(sessions.c.flow_version).join(turns, turns.c.session == sessions.c.id)
        with self.database.transaction() as connection:
            rows = connection.execute(pinned.where(live).distinct())
            return {version for (version,) in rows if version}

    def count(self, *what: str) -> None:
        """Counts one of ``what``, such as ``("unkept", "sms")``: somebody whose turn could not be kept."""
        with self._counting:
            self.counts[what] += 1

    def _count_kept(self, turn: Turn) -> None:
        self.count("turns", turn.session.level.id, turn.session.channel)
        for effect in turn.effects:
            if isinstance(effect, Alert):
                self.count("alerts", effect.level.id)


@dataclass(frozen=True)
class _Stand:
    """Where a person stands: the newest conversation, and what this message was ``answered`` before.

    ``over``: the conversation has expired, and the next turn begins another.
    """

    row: int | None = None
    version: int = 0
    session: Session | None = None
    over: bool = False
    answered: tuple[Reply, ...] | None = None


def _stand(connection: Connection, person: str, inbound_id: str | None, now: float) -> _Stand:
    found = _LOOK.run(connection, {"who": person, "inbound": inbound_id})
    if found is None:
        return _Stand()
    row, version, state, replies = found
    if replies is not None:
        return _Stand(answered=tuple(Reply(**one) for one in json.loads(replies)))
    try:
        session = Session.from_json(state)
    except BadSessionError:
        log.error("session %(session)s cannot be read; a fresh one begins", {"session": row})
        return _Stand(row, version, over=True)
    if not session.expired(now):
        return _Stand(row, version, session)
    if not session.opted_out:
        return _Stand(row, version, over=True)
    # Old answers must not count any more, but STOP holds until the person takes it back.
    blank = Session(session.flow, session.version, session.channel, session.language, session.country)
    return _Stand(row, version, replace(blank, opted_out=True), over=True)


def _keep_session(
    connection: Connection, stand: _Stand, person: str, session: Session, now: float, place: tuple[str, str]
) -> int:
    state: dict[str, Any] = {"level": session.level.id, "last_at": now, "state": session.to_json()}
    state["flow_version"] = session.version
    if stand.row is not None and not stand.over:
        moved = {"row": stand.row, "seen": stand.version, "version": stand.version + 1}
        if _MOVE.run(connection, state | moved) is None:
            raise OvertakenError(f"session {stand.row} is no longer at its turn {stand.version}")
        return stand.row
    if stand.row is not None:
        later.cancel(connection, session=stand.row)
    begun = {"person": person, "channel": session.channel, "started_at": now, "version": 1}
    site, kiosk = place
    return int(_BEGIN.run(connection, state | begun | {"site": site, "kiosk": kiosk})[0])


def _keep_turn(
    connection: Connection, inbound_id: str | None, session: int, now: float, said: str, turn: Turn
) -> int:
    kept = {
        "inbound": inbound_id,
        "session": session,
        "at": now,
        "said": said,
        "replies": json.dumps([vars(one) for one in turn.replies]),
        "trace": json.dumps([vars(one) for one in turn.trace]),
        "cut_off": any(one.name == CUT_OFF for one in turn.trace),
    }
    return int(_KEEP.run(connection, kept)[0])


def _keep_effects(connection: Connection, entry: Entry) -> None:
    session, now = entry.session, entry.now
    for effect in entry.turn.effects:
        if isinstance(effect, Alert):
            level, flags = effect.level, effect.flags
            raise_alert(connection, session=session, turn=entry.id, level=level, flags=flags, now=now)
        elif isinstance(effect, Cancel):
            kind = effect.kind if effect.kind == "*" else f"time_out:{effect.kind}"
            later.cancel(connection, session=session, kind=kind)
        elif isinstance(effect, Schedule) and entry.turn.session.channel == "sms":
            # The kiosk's page is there to say itself that a wait is over.
            kind, due = f"time_out:{effect.kind}", now + effect.after
            later.cancel(connection, session=session, kind=kind)
            key, person = f"{entry.id}:{effect.kind}", entry.person
            later.schedule(connection, key=key, kind=kind, due=due, person=person, session=session)
