"""The check-ins: whom to ask some days after an advice how they are, and what they said."""

from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, insert, select, update

from store.jobs import schedule
from store.tables import check_ins

# So long after it was asked, a question that was not answered never will be.
ANSWER_SECONDS = 24 * 3600.0


def put_down(connection: Connection, *, session: int, person: str, day: int, due: float) -> int:
    """The id of a new check-in of ``person`` at ``due``, ``day`` days after the end of ``session``.

    Its job ``check_in`` only says when to look: it belongs to no conversation and goes with none. The row
    says whether there is still something to do.
    """
    row = {"session": session, "person": person, "day": day, "due": due, "state": "waiting"}
    made = int(connection.execute(insert(check_ins).values(**row).returning(check_ins.c.id)).scalar_one())
    schedule(connection, key=f"check_in:{made}", kind="check_in", due=due, payload={"check_in": made})
    return made


def find(connection: Connection, check_in: int) -> Row[Any] | None:
    """The row, which nobody else changes before this transaction ends."""
    found = select(check_ins).where(check_ins.c.id == check_in).with_for_update()
    return connection.execute(found).one_or_none()


def follows(connection: Connection, check_in: Row[Any], before: float) -> bool:
    """Whether a later check-in of the same person waits that is due ``before``."""
    waiting = (check_ins.c.person == check_in.person) & (check_ins.c.state == "waiting")
    later = (check_ins.c.due > check_in.due) & (check_ins.c.due < before)
    return connection.execute(select(check_ins.c.id).where(waiting, later).limit(1)).first() is not None


def cancel(connection: Connection, person: str) -> None:
    """``person`` is not asked any more: of what waits and of what was asked, nothing counts from now on."""
    _change(connection, _of(person, "waiting", "asked"), state="cancelled")


def replace(connection: Connection, person: str) -> None:
    """A new advice makes the check-ins that wait after an older one pointless."""
    _change(connection, _of(person, "waiting"), state="cancelled")


def drop(connection: Connection, check_in: int) -> None:
    """One that waits is not asked after all."""
    _change(connection, (check_ins.c.id == check_in) & (check_ins.c.state == "waiting"), state="cancelled")


def asked(connection: Connection, check_in: int, now: float) -> None:
    """The question was put to the person."""
    _change(connection, check_ins.c.id == check_in, state="asked", asked_at=now)


def answered(connection: Connection, person: str, answer: str, now: float) -> None:
    """What was asked of ``person`` lately was answered: with an option, or with what came to a level."""
    found = _of(person, "asked") & (check_ins.c.asked_at > now - ANSWER_SECONDS)
    _change(connection, found, state="answered", answer=answer, answered_at=now)


def silent(connection: Connection, check_in: int) -> None:
    """Nobody answered in time."""
    _change(connection, (check_ins.c.id == check_in) & (check_ins.c.state == "asked"), state="silent")


def _of(person: str, *states: str) -> ColumnElement[bool]:
    return (check_ins.c.person == person) & check_ins.c.state.in_(states)


def _change(connection: Connection, which: ColumnElement[bool], **values: object) -> None:
    connection.execute(update(check_ins).where(which).values(**values))
