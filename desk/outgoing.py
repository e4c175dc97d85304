"""Puts texts and calls down to be sent, in the transaction of whoever decided on them."""

from sqlalchemy import Connection
from sqlalchemy.dialects.postgresql import insert

from store.jobs import schedule
from store.tables import sends


def put_down(
    connection: Connection,
    *,
    key: str,
    kind: str,
    channel: str,
    recipient: str,
    body: str,
    alert: int,
    session: int,
    now: float,
    contact: str | None = None,
) -> bool:
    """One text or call; false when one with this ``key`` was put down before."""
    what = {"key": key, "kind": kind, "channel": channel, "recipient": recipient, "body": body}
    about = {"alert": alert, "session": session, "contact": contact}
    times = {"state": "queued", "created_at": now, "updated_at": now}
    new = insert(sends).values(**what, **about, **times).on_conflict_do_nothing(index_elements=["key"])
    made = connection.execute(new.returning(sends.c.id)).scalar_one_or_none()
    if made is None:
        return False
    return schedule(connection, key=f"send:{made}", kind="send", due=now, payload={"send": made}, urgent=True)
