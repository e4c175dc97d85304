"""The kiosks that may connect from elsewhere: their names, and what their tokens hash to."""

from dataclasses import dataclass

from sqlalchemy import Connection, select, update
from sqlalchemy.dialects.postgresql import insert

from store.tables import kiosks


@dataclass(frozen=True)
class Kiosk:
    """A kiosk that was paired at ``created``; ``last_seen`` and ``revoked`` are ``None`` until then."""

    name: str
    created: float
    last_seen: float | None
    revoked: float | None


def pair(connection: Connection, name: str, token_hash: str, now: float) -> None:
    """From now on the kiosk ``name`` has this token, and no other."""
    row = {"token_hash": token_hash, "created": now, "last_seen": None, "revoked": None}
    new = insert(kiosks).values(name=name, **row)
    connection.execute(new.on_conflict_do_update(index_elements=["name"], set_=row))


def unpair(connection: Connection, name: str, now: float) -> bool:
    """The kiosk ``name`` may connect no more. False when there is none that may."""
    paired = (kiosks.c.name == name) & kiosks.c.revoked.is_(None)
    return connection.execute(update(kiosks).where(paired).values(revoked=now)).rowcount > 0


def seen(connection: Connection, name: str, token_hash: str, now: float) -> bool:
    """Whether a kiosk with this name and token is paired; then it was seen ``now``."""
    paired = (kiosks.c.name == name) & (kiosks.c.token_hash == token_hash) & kiosks.c.revoked.is_(None)
    return connection.execute(update(kiosks).where(paired).values(last_seen=now)).rowcount > 0


def all_kiosks(connection: Connection) -> list[Kiosk]:
    """Every kiosk that was ever paired, by name."""
    columns = (kiosks.c.name, kiosks.c.created, kiosks.c.last_seen, kiosks.c.revoked)
    return [Kiosk(*row) for row in connection.execute(select(*columns).order_by(kiosks.c.name))]
