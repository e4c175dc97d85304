"""The alerts that are not closed, as the console shows them: who needs somebody, why, and who is on it."""

from dataclasses import dataclass

from sqlalchemy import Connection, select

from desk.cases import Known, case_of, live
from desk.ladder import ahead, pages_staff
from desk.page import Case, place_of, plain_flag
from desk.roster import Roster
from desk.staff import clock, name_of
from desk.standing import ladder_of, standing_of, wait_of
from desk.transcript import Line, transcript
from flows.levels import Level
from store.tables import sends

# So many of a person's own words are shown on the board.
_LAST_LINES = 3
_STATES = {
    "queued": "on its way",
    "sending": "on its way",
    "sent": "sent",
    "delivered": "delivered",
    "failed": "could not be sent",
    "undelivered": "did not arrive",
    "unknown": "perhaps sent",
    "unneeded": "not needed any more",
}


@dataclass(frozen=True)
class Paged:
    """One page of an alert: to whom (``name``), ``text`` or ``call``, its clock and what became of it."""

    name: str
    way: str
    clock: str
    state: str


@dataclass(frozen=True)
class Coming:
    """The page that comes next: a ``text`` or a ``call`` to ``name``, on which clock and in how many seconds.

    ``again``: everybody was paged once, and it begins anew. ``name`` is ``""`` when nobody is left to page.
    """

    name: str = ""
    way: str = ""
    clock: str = ""
    left: float = 0.0
    again: bool = False


@dataclass(frozen=True)
class Card:
    """An alert on the board. ``said`` are the person's last lines, ``age`` is in seconds.

    ``taken_by`` is who of the staff has it (``taker`` their id), ``held_by`` who answers the person now;
    ``""`` for nobody. ``coming`` is what the ladder does next; ``None`` when nobody need be paged.
    """

    id: int
    conversation: int
    code: str
    level: Level
    place: str
    why: tuple[str, ...]
    said: tuple[Line, ...]
    age: float
    clock: str
    state: str
    taker: str
    taken_by: str
    taken_clock: str
    held_by: str
    pages: tuple[Paged, ...]
    coming: Coming | None


def board(connection: Connection, roster: Roster | None, now: float) -> list[Card]:
    """Every alert that is not closed: nobody's first, the worst and oldest of them on top."""
    return [card(connection, known, roster, now) for known in live(connection)]


def card(connection: Connection, known: Known, roster: Roster | None, now: float) -> Card:
    """The alert as the board shows it."""
    row, session = known.row, known.session
    case = case_of(connection, known, roster)
    lines = [line for line in transcript(connection, row.session) if line.who == "person"]
    return Card(
        known.id,
        row.session,
        row.code,
        known.level,
        place_of(case, "en"),
        tuple(plain_flag(flag, "en") for flag in known.signs),
        tuple(lines[-_LAST_LINES:]),
        max(0.0, now - row.raised_at),
        clock(roster, known, row.raised_at),
        row.state,
        row.acknowledged_by or "",
        name_of(roster, row.acknowledged_by),
        clock(roster, known, row.acknowledged_at) if row.acknowledged_at else "",
        session.held_by if session.held else "",
        _pages(connection, known, roster),
        _coming(connection, known, case, roster, now),
    )


def _coming(
    connection: Connection, known: Known, case: Case, roster: Roster | None, now: float
) -> Coming | None:
    standing = standing_of(connection, known)
    if not pages_staff(standing):
        return None
    found = ahead(standing, lambda at: ladder_of(case, roster, at), wait_of(case, roster), now)
    if found is None:
        return Coming()
    contact, way = found.rung.contact, found.rung.way
    return Coming(contact.name, way, clock(roster, known, found.at), found.at - now, found.again)


def _pages(connection: Connection, known: Known, roster: Roster | None) -> tuple[Paged, ...]:
    mine = select(sends).where(sends.c.alert == known.id, sends.c.kind == "page").order_by(sends.c.id)
    return tuple(
        Paged(
            name_of(roster, row.contact),
            "call" if row.channel == "call" else "text",
            clock(roster, known, row.created_at),
            _STATES[row.state],
        )
        for row in connection.execute(mine)
    )
