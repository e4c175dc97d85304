"""Offers to text a visitor of a kiosk that are open: gone once answered, and after a while by themselves."""

from dataclasses import dataclass

from sqlalchemy import Connection, delete, select, update
from sqlalchemy.dialects.postgresql import insert

from flows.session import EXPIRY_SECONDS
from store.tables import offers, sessions, turns


@dataclass(frozen=True)
class Visit:
    """A person's newest conversation: its row, its ``level``'s id, and the ``phone`` that was given in it.

    ``offer`` is the number that waits for a yes (``""``: none yet) and how often in a row no answer was
    understood; ``None`` when no offer is open.
    """

    session: int
    level: str
    phone: str
    offer: tuple[str, int] | None


def visit_of(connection: Connection, person: str) -> Visit | None:
    """Where the newest conversation of ``person`` stands, ``None`` when there is none."""
    found = select(sessions.c.id, sessions.c.level, sessions.c.phone, offers.c.number, offers.c.misses)
    found = found.outerjoin(offers, offers.c.session == sessions.c.id).where(sessions.c.person == person)
    row = connection.execute(found.order_by(sessions.c.id.desc()).limit(1)).one_or_none()
    if row is None:
        return None
    offer = None if row.number is None else (str(row.number), int(row.misses))
    return Visit(int(row.id), row.level, row.phone or "", offer)


def keep_offer(connection: Connection, session: int, number: str, misses: int, now: float) -> None:
    """The offer in row ``session`` is open."""
    row = {"number": number, "misses": misses, "at": now}
    new = insert(offers).values(session=session, **row)
    connection.execute(new.on_conflict_do_update(index_elements=["session"], set_=row))


def drop_offer(connection: Connection, session: int) -> None:
    """The offer in row ``session`` is over."""
    connection.execute(delete(offers).where(offers.c.session == session))


def forget_offers(connection: Connection, now: float) -> None:
    """Forgets the numbers that nobody said yes to before the conversation was over."""
    connection.execute(delete(offers).where(offers.c.at < now - EXPIRY_SECONDS["voice"]))


def keep_phone(connection: Connection, session: int, phone: str | None) -> None:
    """``phone`` was given in row ``session``, to be texted at; ``None``: another visitor begins there."""
    connection.execute(update(sessions).where(sessions.c.id == session).values(phone=phone))


def unsay(connection: Connection, turn: int) -> None:
    """What was said in row ``turn`` was about a telephone number, and is no part of the history."""
    connection.execute(update(turns).where(turns.c.id == turn).values(said=""))
