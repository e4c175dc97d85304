"""Alerts in the database: one for each conversation that staff must look at, until it is closed."""

import json
import secrets
from collections.abc import Iterable

from sqlalchemy import Connection, select, update
from sqlalchemy.dialects.postgresql import insert

from flows.levels import Level
from store.jobs import schedule
from store.tables import alerts

# So many codes are tried before they get a digit longer.
_TRIES = 8


def raise_alert(
    connection: Connection, *, session: int, turn: int, level: Level, flags: Iterable[str], now: float
) -> int:
    """The id of the conversation's alert, made or merged into the one that is not closed.

    A new one begins at the foot of the ladder: open, with an urgent job ``escalate`` that is due now and
    has ``{"alert": id}`` as payload. So does one whose level rises, and one that was acknowledged before
    there were these flags. Anything else only adds its flags.
    """
    foot = {"level": level.id, "turn": turn, "raised_at": now, "state": "open", "updated": now}
    live = select(alerts).where(alerts.c.session == session, alerts.c.state != "closed").with_for_update()
    found = connection.execute(live).one_or_none()
    if found is None:
        first = {"session": session, "at": now, "flags": json.dumps(list(flags))}
        alert = _insert(connection, foot | first)
    else:
        alert, known = int(found.id), json.loads(found.flags)
        new = [flag for flag in flags if flag not in known]
        change: dict[str, object] = {"flags": json.dumps(known + new), "updated": now}
        before = Level.from_id(found.level)
        again = level > before or (bool(new) and found.state == "acknowledged")
        if again:
            change |= foot | {"level": max(level, before).id, "round": 0, "rung": 0, "told": ""}
            change |= {"acknowledged_by": None, "acknowledged_at": None}
        connection.execute(update(alerts).where(alerts.c.id == alert).values(**change))
        if not again:
            return alert
    key, payload = f"escalate:{alert}:{turn}", {"alert": alert}
    schedule(connection, key=key, kind="escalate", due=now, payload=payload, urgent=True)
    return alert


def wake(connection: Connection, alert: int, why: str, now: float) -> None:
    """The alert's ladder looks at once how things stand: a page of it was handed over, or did not arrive.

    ``why`` keeps the same news from waking it twice, such as ``send 17 failed``.
    """
    key, payload = f"escalate:{alert}:{why}", {"alert": alert}
    schedule(connection, key=key, kind="escalate", due=now, payload=payload, urgent=True)


def _insert(connection: Connection, row: dict[str, object]) -> int:
    digits = 4
    while True:
        for _ in range(_TRIES):
            code = str(secrets.randbelow(9 * 10 ** (digits - 1)) + 10 ** (digits - 1))
            new = insert(alerts).values(**row, code=code).on_conflict_do_nothing().returning(alerts.c.id)
            made = connection.execute(new).scalar_one_or_none()
            if made is not None:
                return int(made)
        digits += 1
