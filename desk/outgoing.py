"""Puts texts and calls down to be sent, in the transaction of whoever decided on them."""

from sqlalchemy import Connection
from sqlalchemy.dialects.postgresql import insert

from store.jobs import schedule
from store.tables import sends


class Outbox:
    """Puts down what is to be sent."""

    def put(
        self,
        connection: Connection,
        *,
        key: str,
        kind: str,
        to: str,
        body: str,
        now: float,
        channel: str = "sms",
        alert: int | None = None,
        session: int | None = None,
        contact: str | None = None,
    ) -> bool:
        """Puts down a text, or a call whose ``body`` is TwiML; one with this ``key`` only once."""
        what = {"key": key, "kind": kind, "channel": channel, "recipient": to, "body": body}
        about = {"alert": alert, "session": session, "contact": contact}
        times = {"state": "queued", "created_at": now, "updated_at": now}
        new = insert(sends).values(**what, **about, **times).on_conflict_do_nothing(index_elements=["key"])
        made = connection.execute(new.returning(sends.c.id)).scalar_one_or_none()
        payload = {"send": made}
        if made is not None:
            schedule(connection, key=f"send:{made}", kind="send", due=now, payload=payload, urgent=True)
        return True
