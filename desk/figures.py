"""What stands in the database, in figures: for whoever watches the line from outside."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, func, select

from flows.levels import Level
from sms.limits import DAY_SECONDS
from store import jobs
from store.jobs import Counts
from store.tables import alerts, check_ins, sends

# Check-ins are asked for within days; older ones change no more.
_WEEK_SECONDS = 7 * DAY_SECONDS


@dataclass(frozen=True)
class Figures:
    """How things stood at one moment.

    ``waited`` is how many seconds ago the oldest alert that nobody has taken was raised, and ``overdue`` how
    long the first of the due jobs has been due; 0 when there is none. ``alerts`` are the ones that are not
    closed, by (level, state); ``sends`` those of the last 24 hours, by (kind, state); ``check_ins`` those
    that were due within the last 7 days or are still to come, by state.
    """

    jobs: Counts
    overdue: float
    waited: float
    alerts: Mapping[tuple[str, ...], int]
    sends: Mapping[tuple[str, ...], int]
    check_ins: Mapping[tuple[str, ...], int]


def figures(connection: Connection, now: float) -> Figures:
    """The figures at ``now``. Every question is answered from an index, however much is stored."""
    counts = jobs.count(connection, now)
    oldest = connection.execute(_oldest_open()).scalar_one()
    live = alerts.c.state.in_(["open", "acknowledged"])
    recent = sends.c.created_at > now - DAY_SECONDS
    lately = check_ins.c.due > now - _WEEK_SECONDS
    return Figures(
        jobs=counts,
        overdue=_since(counts.oldest, now),
        waited=_since(oldest, now),
        alerts=_counted(connection, select(alerts.c.level, alerts.c.state, func.count()).where(live)),
        sends=_counted(connection, select(sends.c.kind, sends.c.state, func.count()).where(recent)),
        check_ins=_counted(connection, select(check_ins.c.state, func.count()).where(lately)),
    )


def _oldest_open() -> Select[Any]:
    paged = [level.id for level in Level if level >= Level.URGENT]
    return select(func.min(alerts.c.raised_at)).where(alerts.c.state == "open", alerts.c.level.in_(paged))


def _counted(connection: Connection, query: Select[Any]) -> dict[tuple[str, ...], int]:
    *by, _ = query.selected_columns
    return {tuple(row[:-1]): int(row[-1]) for row in connection.execute(query.group_by(*by))}


def _since(at: float | None, now: float) -> float:
    return max(0.0, now - at) if at is not None else 0.0
