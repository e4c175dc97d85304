"""Who asked for what is kept of them, or to be forgotten, and has yet to say yes: by their hash alone."""

from dataclasses import dataclass

from sqlalchemy import Connection, select
from sqlalchemy.dialects.postgresql import insert

from store.tables import requests

# A yes that comes later is about something else.
OPEN_SECONDS = 3600.0


@dataclass(frozen=True)
class Request:
    """What was asked for (``export``, ``delete``), and the message that said yes to it, if one did."""

    kind: str
    inbound: str | None


def ask(connection: Connection, person: str, kind: str, now: float, inbound: str | None = None) -> None:
    """``person`` asks for ``kind``, or has said yes to it with the message ``inbound``."""
    row = {"person": person, "kind": kind, "at": now, "inbound": inbound}
    new = insert(requests).values(**row)
    changed = {name: value for name, value in row.items() if name != "person"}
    connection.execute(new.on_conflict_do_update(index_elements=["person"], set_=changed))


def asked(connection: Connection, person: str, now: float) -> Request | None:
    """What ``person`` asked for lately; ``None`` when it was nothing."""
    lately = (requests.c.person == person) & (requests.c.at > now - OPEN_SECONDS)
    row = connection.execute(select(requests.c.kind, requests.c.inbound).where(lately)).one_or_none()
    return Request(row.kind, row.inbound) if row else None
