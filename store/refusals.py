"""People whom Twilio refuses to text (error 21610): they texted STOP where we did not see it."""

from sqlalchemy import Connection, delete, select
from sqlalchemy.dialects.postgresql import insert

from store.tables import refusals


def refuse(connection: Connection, person: str, code: str, now: float) -> None:
    """From ``now`` on nothing is sent to ``person``, because of Twilio's error ``code``."""
    row = {"person": person, "code": code, "at": now}
    new = insert(refusals).values(**row)
    connection.execute(new.on_conflict_do_update(index_elements=["person"], set_={"code": code, "at": now}))


def refused(connection: Connection, person: str) -> bool:
    """Whether nothing may be sent to ``person``."""
    found = select(refusals.c.person).where(refusals.c.person == person)
    return connection.execute(found).one_or_none() is not None


def accept(connection: Connection, person: str) -> None:
    """``person`` texted START: they may be texted again."""
    connection.execute(delete(refusals).where(refusals.c.person == person))
