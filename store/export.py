"""All that is kept of a person, for themselves."""

import json
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, RowMapping, Table, select

from flows.session import BadSessionError, Session
from store.refusals import opted_out
from store.tables import alerts, check_ins, sends, sessions, turns

_ABOUT = ("channel", "site", "kiosk", "level", "started_at", "last_at")
_ALERT = ("at", "level", "flags", "state", "acknowledged_by", "acknowledged_at", "closed_by", "closed_at")
_CHECK_IN = ("day", "due", "state", "answer", "asked_at", "answered_at")


def kept_of(connection: Connection, person: str) -> dict[str, Any]:
    """Everything about ``person``, as JSON has it; times in seconds since 1970.

    Conversations at a kiosk where they gave their number are among them.
    """
    mine = (sessions.c.person == person) | (sessions.c.phone == person)
    rows = connection.execute(select(sessions).where(mine).order_by(sessions.c.id)).mappings()
    texts = select(sends).where(sends.c.recipient == person, sends.c.contact.is_(None)).order_by(sends.c.id)
    asked = select(check_ins).where(check_ins.c.person == person).order_by(check_ins.c.id)
    return {
        "number": person,
        "no_texts": opted_out(connection, person),
        "conversations": [_conversation(connection, row) for row in rows],
        "texts": [
            {"at": row["created_at"], "text": row["body"], "state": row["state"]}
            for row in connection.execute(texts).mappings()
        ],
        "check_ins": [_part(row, _CHECK_IN) for row in connection.execute(asked).mappings()],
    }


def _conversation(connection: Connection, row: RowMapping) -> dict[str, Any]:
    said = [
        {
            "at": turn["at"],
            "said": turn["said"],
            "answered": [reply["text"] for reply in json.loads(turn["replies"])],
            "why": json.loads(turn["trace"]),
        }
        for turn in _of(connection, turns, row["id"])
    ]
    try:
        session = Session.from_json(row["state"])
        found = {"answers": dict(session.answers), "symptoms": sorted(session.flags)}
    except BadSessionError:
        found = {}
    raised = [_part(one, _ALERT) for one in _of(connection, alerts, row["id"])]
    return {**_part(row, _ABOUT), **found, "turns": said, "alerts": raised}


def _part(row: RowMapping, names: Iterable[str]) -> dict[str, Any]:
    return {name: row[name] for name in names}


def _of(connection: Connection, table: Table, session: int) -> list[RowMapping]:
    found = select(table).where(table.c.session == session).order_by(table.c.id)
    return list(connection.execute(found).mappings())
