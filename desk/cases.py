"""Alerts as the desk sees them in the database: read, taken, closed, and what their person is told."""

import json
from dataclasses import dataclass

from sqlalchemy import Connection, Row, Select, exists, literal_column, select, update

from desk.ladder import Told
from desk.page import Case
from desk.roster import Contact, Roster
from desk.words import words
from flows.countries import crisis_line, emergency_number
from flows.levels import Level
from flows.session import BadSessionError, Session
from sms.outbox import Outbox
from sms.segments import plain
from store.alerts import wake
from store.tables import alerts, sends, sessions, turns

# As much of a conversation as a page may hold.
_LAST_SAID = 12
_COLUMNS = (
    alerts,
    sessions.c.person,
    sessions.c.phone,
    sessions.c.site,
    sessions.c.kiosk,
    sessions.c.state.label("conversation"),
)


@dataclass(frozen=True)
class Known:
    """An alert with what its conversation says about the person; ``row`` holds the table's columns."""

    row: Row[tuple[object, ...]]
    session: Session

    @property
    def id(self) -> int:
        """The alert's number."""
        return int(self.row.id)

    @property
    def level(self) -> Level:
        """How soon somebody is needed."""
        return Level.from_id(self.row.level)

    @property
    def flags(self) -> tuple[str, ...]:
        """Ids of the red flags, as in the flow."""
        return tuple(json.loads(self.row.flags))

    @property
    def signs(self) -> tuple[str, ...]:
        """The red flags, and behind them what else the person said they have, also after staff were told."""
        since = (flag for flag, state in self.session.flags.items() if state == "present")
        return tuple(dict.fromkeys((*self.flags, *since)))


def find(connection: Connection, alert: int) -> Known | None:
    """The alert, held until the transaction ends."""
    return _first(connection, _look().where(alerts.c.id == alert).with_for_update(of=alerts))


def live(connection: Connection) -> list[Known]:
    """The alerts that are not closed: those that nobody has first, and of these the worst and oldest."""
    # Named one by one, so that the index of the states is used.
    found = connection.execute(_look().where(alerts.c.state.in_(("open", "acknowledged"))))
    return sorted(
        map(_known, found), key=lambda one: (one.row.state != "open", -one.level, one.row.raised_at)
    )


def of_conversation(connection: Connection, session: int) -> Known | None:
    """The last alert of the conversation with this row, held until the transaction ends."""
    newest = _look().where(alerts.c.session == session).with_for_update(of=alerts)
    return _first(connection, newest.order_by(alerts.c.id.desc()).limit(1))


def find_by_code(connection: Connection, code: str) -> Known | None:
    """The alert with this code, held until the transaction ends: the live one, else the one closed last."""
    coded = _look().where(alerts.c.code == code).with_for_update(of=alerts)
    # Live ones have an index of their own, found by its very words; of those that are closed there are many.
    live = _first(connection, coded.where(alerts.c.state != literal_column("'closed'")))
    return live or _first(connection, coded.order_by(alerts.c.id.desc()).limit(1))


def latest_of(connection: Connection, person: str) -> Known | None:
    """The last alert of the person's last conversation."""
    newest = select(sessions.c.id).where(sessions.c.person == person).order_by(sessions.c.id.desc()).limit(1)
    query = _look().where(alerts.c.session == newest.scalar_subquery()).order_by(alerts.c.id.desc()).limit(1)
    return _first(connection, query)


def paged_to(connection: Connection, contact: Contact) -> list[Known]:
    """The alerts that ``contact`` was paged for and that are not closed, oldest first."""
    paged = exists().where(
        sends.c.alert == alerts.c.id, sends.c.contact == contact.id, sends.c.kind == "page"
    )
    # Named one by one, so that the index of the states is used.
    live = _look().where(alerts.c.state.in_(("open", "acknowledged")), paged).order_by(alerts.c.id)
    return [_known(row) for row in connection.execute(live)]


def open_codes(connection: Connection) -> list[str]:
    """The codes of all alerts that staff were to be paged for and nobody has taken, oldest first."""
    paged = [level.id for level in Level if level >= Level.URGENT]
    found = select(alerts.c.code).where(alerts.c.state == "open", alerts.c.level.in_(paged))
    return list(connection.execute(found.order_by(alerts.c.id)).scalars())


def case_of(connection: Connection, known: Known, roster: Roster | None) -> Case:
    """The alert as staff need it, with what the person has said up to now."""
    row = known.row
    latest = select(turns.c.said).where(turns.c.session == row.session, turns.c.said != "")
    said = connection.execute(latest.order_by(turns.c.id.desc()).limit(_LAST_SAID)).scalars().all()
    site = roster.site(row.site, row.kiosk) if roster else None
    oldest_first = tuple(reversed(said))
    phone = row.phone or ""
    return Case(row.code, known.level, known.flags, oldest_first, row.person, site, row.kiosk, phone)


def take(connection: Connection, outbox: Outbox, known: Known, contact: Contact, now: float) -> bool:
    """``contact`` has it from now on, and the person is told so; false when it is not open any more."""
    mine = {"state": "acknowledged", "acknowledged_by": contact.id, "acknowledged_at": now, "updated": now}
    free = update(alerts).where(alerts.c.id == known.id, alerts.c.state == "open").values(**mine)
    if connection.execute(free.returning(alerts.c.id)).one_or_none() is None:
        return False
    tell(connection, outbox, known, "seen", now, contact.name)
    return True


def release(connection: Connection, known: Known, contact: Contact, now: float) -> bool:
    """``contact`` does not have it after all: a new round of pages begins now; false when it is not theirs.

    The person, who was told that somebody has seen it, is told anew how things stand.
    """
    foot: dict[str, object] = {"state": "open", "acknowledged_by": None, "acknowledged_at": None}
    foot |= {"told": "", "round": alerts.c.round + 1, "rung": 0, "updated": now}
    theirs = (alerts.c.id == known.id, alerts.c.state == "acknowledged")
    freed = update(alerts).where(*theirs, alerts.c.acknowledged_by == contact.id).values(**foot)
    row = connection.execute(freed.returning(alerts.c.turn, alerts.c.round)).one_or_none()
    if row is not None:
        wake(connection, known.id, f"released {row.turn} {row.round}", now)
    return row is not None


def close(
    connection: Connection, outbox: Outbox, known: Known, contact: Contact, now: float, outcome: str = ""
) -> None:
    """It is over, and came to ``outcome``. Closing what nobody has taken is taking it as well."""
    take(connection, outbox, known, contact, now)
    over = {"state": "closed", "closed_by": contact.id, "closed_at": now, "updated": now, "outcome": outcome}
    connection.execute(update(alerts).where(alerts.c.id == known.id).values(**over))


def tell(
    connection: Connection, outbox: Outbox, known: Known, told: Told, now: float, name: str = ""
) -> None:
    """Tells the person by text, unless they want none; a kiosk's page asks what there is to show."""
    connection.execute(update(alerts).where(alerts.c.id == known.id).values(told=told))
    row = known.row
    number = row.phone if row.person.startswith("kiosk:") else row.person
    if number and not known.session.opted_out:
        outbox.put(
            connection,
            key=f"notice:{known.id}:{row.turn}:{row.round}:{told}",
            kind="notice",
            to=number,
            body=plain(told_words(known, told, name)),
            alert=known.id,
            session=row.session,
            now=now,
        )


def told_words(known: Known, told: Told, name: str) -> str:
    """What the person is told, in their language; ``""`` when there is nothing to tell."""
    session = known.session
    key = f"person.{told}"
    if told == "nobody":
        key += ".crisis" if "self_harm" in known.flags else f".{known.level.id}"
    numbers = {"emergency": emergency_number(session.country), "crisis": crisis_line(session.country)}
    return words(session.language, key, name=name, **numbers) if told else ""


def _look() -> Select[tuple[object, ...]]:
    return select(*_COLUMNS).join(sessions, sessions.c.id == alerts.c.session)


def _first(connection: Connection, query: Select[tuple[object, ...]]) -> Known | None:
    row = connection.execute(query).first()
    return _known(row) if row is not None else None


def _known(row: Row[tuple[object, ...]]) -> Known:
    try:
        session = Session.from_json(row.conversation)
    except BadSessionError:
        # Staff can be told all the same.
        session = Session("", "", "sms")
    return Known(row, session)
