"""Today's numbers: how many people came, how it ended for them, and how quickly staff were there."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from statistics import median
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, func, select

from flows.levels import Level
from store.tables import alerts, sessions, turns

HOURS = 24


@dataclass(frozen=True)
class Today:
    """Since midnight: conversations that began, by level, channel and hour (0 to 23), and the alerts.

    ``open``: alerts that nobody has taken, also of the days before. ``taken_after`` is the median of seconds
    until somebody took one of today's, ``None`` when nobody has.
    """

    levels: Mapping[Level, int]
    channels: Mapping[str, int]
    hours: tuple[int, ...]
    alerts: int
    open: int
    taken_after: float | None

    @property
    def conversations(self) -> int:
        """How many began today."""
        return sum(self.hours)


def midnight(now: float, zone: ZoneInfo) -> float:
    """When the day began that ``now`` is in, by the clocks of ``zone``; seconds since 1970."""
    there = datetime.fromtimestamp(now, zone)
    return there.replace(hour=0, minute=0, second=0, microsecond=0, fold=0).timestamp()


def today(connection: Connection, now: float, zone: ZoneInfo) -> Today:
    """The numbers of the day that ``now`` is in."""
    since = midnight(now, zone)
    # Of the conversations there is no index by time; whoever began today has a turn of today.
    begun = select(sessions.c.id, sessions.c.level, sessions.c.channel, sessions.c.started_at)
    lately = select(turns.c.session).where(turns.c.at >= since)
    rows = connection.execute(begun.where(sessions.c.id.in_(lately), sessions.c.started_at >= since)).all()
    hours = Counter(datetime.fromtimestamp(row.started_at, zone).hour for row in rows)
    of_today = select(alerts.c.raised_at, alerts.c.acknowledged_at)
    # Each alert belongs to a turn of its day, and those have an index by time.
    raised = connection.execute(
        of_today.join(turns, turns.c.id == alerts.c.turn).where(turns.c.at >= since)
    ).all()
    untaken = select(func.count()).select_from(alerts).where(alerts.c.state == "open")
    waits = [one.acknowledged_at - one.raised_at for one in raised if one.acknowledged_at is not None]
    return Today(
        dict(Counter(Level.from_id(row.level) for row in rows)),
        dict(Counter(row.channel for row in rows)),
        tuple(hours[hour] for hour in range(HOURS)),
        len(raised),
        int(connection.execute(untaken).scalar_one()),
        median(waits) if waits else None,
    )
