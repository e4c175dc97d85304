"""People who must not be texted: Twilio refuses to (error 21610), or they texted STOP and were forgotten."""

from sqlalchemy import Connection, bindparam, delete, select
from sqlalchemy.dialects.postgresql import insert

from flows.session import BadSessionError, Session
from store.statement import Statement
from store.tables import refusals, sessions

# The code of somebody's own STOP, when their conversation is gone.
STOP = "STOP"

_STOPPED = Statement(
    select(refusals.c.code).where(refusals.c.person == bindparam("who"), refusals.c.code == STOP)
)


def refuse(connection: Connection, person: str, code: str, now: float) -> None:
    """From ``now`` on nothing is sent to ``person``, because of Twilio's error ``code`` or `STOP`."""
    row = {"person": person, "code": code, "at": now}
    new = insert(refusals).values(**row)
    connection.execute(new.on_conflict_do_update(index_elements=["person"], set_={"code": code, "at": now}))


def refused(connection: Connection, person: str) -> bool:
    """Whether nothing may be sent to ``person``."""
    found = select(refusals.c.person).where(refusals.c.person == person)
    return connection.execute(found).one_or_none() is not None


def stopped(connection: Connection, person: str) -> bool:
    """Whether ``person`` texted STOP before they were forgotten."""
    return _STOPPED.run(connection, {"who": person}) is not None


def opted_out(connection: Connection, person: str) -> bool:
    """Whether ``person`` wants no texts: Twilio refuses them, or they texted STOP to us."""
    newest = select(sessions.c.state).where(sessions.c.person == person).order_by(sessions.c.id.desc())
    state = connection.execute(newest.limit(1)).scalar()
    try:
        stopped = state is not None and Session.from_json(state).opted_out
    except BadSessionError:
        stopped = False
    return stopped or refused(connection, person)


def accept(connection: Connection, person: str) -> None:
    """``person`` texted START: they may be texted again."""
    connection.execute(delete(refusals).where(refusals.c.person == person))
