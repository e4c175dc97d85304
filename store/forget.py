"""Forgets conversations, with everything that hangs on them. That somebody texted STOP is not forgotten."""

from collections.abc import Collection, Iterable

from sqlalchemy import Connection, delete, exists, select
from sqlalchemy.dialects.postgresql import insert

from flows.session import BadSessionError, Session
from store.refusals import STOP, refuse
from store.tables import alerts, check_ins, handled, jobs, metadata, sends, sessions, turns

# So long Twilio may bring a message again, or be asked for what came in.
AGAIN_SECONDS = 30 * 24 * 3600.0


def forget(connection: Connection, conversations: Collection[int], now: float) -> None:
    """Removes these rows of the table sessions, and whatever belongs to them in any table."""
    _keep_stops(connection, conversations, now)
    mine = select(turns.c.inbound).where(
        turns.c.session.in_(conversations), turns.c.inbound.is_not(None), turns.c.at > now - AGAIN_SECONDS
    )
    keep_handled(connection, connection.execute(mine).scalars(), now)
    of_mine = select(alerts.c.id).where(alerts.c.session.in_(conversations))
    for table in reversed(metadata.sorted_tables):
        for key in table.foreign_keys:
            if key.column is sessions.c.id:
                connection.execute(delete(table).where(key.parent.in_(conversations)))
            elif key.column is alerts.c.id:
                connection.execute(delete(table).where(key.parent.in_(of_mine)))
    connection.execute(delete(sessions).where(sessions.c.id.in_(conversations)))


def forget_person(connection: Connection, person: str, now: float) -> int:
    """Removes all that is kept of ``person``, and says how many conversations that were.

    Those at a kiosk where they gave their number are among them.
    """
    mine = (sessions.c.person == person) | (sessions.c.phone == person)
    conversations = connection.execute(select(sessions.c.id).where(mine)).scalars().all()
    forget(connection, conversations, now)
    connection.execute(delete(jobs).where(jobs.c.person == person))
    connection.execute(delete(check_ins).where(check_ins.c.person == person))
    # Pages to staff are about others.
    connection.execute(delete(sends).where(sends.c.recipient == person, sends.c.contact.is_(None)))
    return len(conversations)


def in_hand(connection: Connection, person: str) -> bool:
    """Whether staff still have an alert about ``person``: until it is closed they need what was said."""
    mine = (sessions.c.person == person) | (sessions.c.phone == person)
    theirs = exists().where(alerts.c.session == sessions.c.id, alerts.c.state != "closed")
    return connection.execute(select(sessions.c.id).where(mine, theirs).limit(1)).first() is not None


def keep_handled(connection: Connection, inbound: Iterable[str | None], now: float) -> None:
    """These messages (Twilio's names for them) are not to be taken for new ones."""
    rows = [{"inbound": one, "at": now} for one in inbound if one]
    if rows:
        connection.execute(insert(handled).on_conflict_do_nothing(), rows)


def _keep_stops(connection: Connection, conversations: Collection[int], now: float) -> None:
    found = select(sessions).where(sessions.c.id.in_(conversations)).order_by(sessions.c.id)
    newest = {row.person: row.state for row in connection.execute(found)}
    for person, state in newest.items():
        try:
            stopped = Session.from_json(state).opted_out
        except BadSessionError:
            stopped = False
        later = select(sessions.c.id).where(sessions.c.person == person, sessions.c.id.not_in(conversations))
        if stopped and connection.execute(later.limit(1)).first() is None:
            refuse(connection, person, STOP, now)
