"""How many people went which way through the conversation, for the picture of it."""

import json
from collections import Counter
from itertools import pairwise

from sqlalchemy import Connection, func, select

from flows.draw.went import Went
from store.tables import turns

# Of more turns, only the latest are counted.
MOST_TURNS = 50_000


def people_since(connection: Connection, since: float) -> int:
    """How many conversations had a turn since ``since``; opens no seal, unlike `ways`."""
    lately = select(func.count(turns.c.session.distinct())).where(turns.c.at >= since)
    return int(connection.execute(lately).scalar_one())


def ways(connection: Connection, since: float) -> Went:
    """The ways of the conversations, in any version of the flow, that had a turn since ``since``.

    Each conversation counts once for a step or an arrow, however often it came there.
    """
    latest = select(turns.c.session, turns.c.trace).where(turns.c.at >= since).order_by(turns.c.id.desc())
    trails: dict[int, list[list[str]]] = {}
    for row in connection.execute(latest.limit(MOST_TURNS)):
        visited = [one["name"] for one in json.loads(row.trace) if one["what"] == "step"]
        trails.setdefault(int(row.session), []).append(visited)
    steps: Counter[str] = Counter()
    arrows: Counter[tuple[str, str]] = Counter()
    for backwards in trails.values():
        trail = [step for some in reversed(backwards) for step in some]
        steps.update(set(trail))
        arrows.update(set(pairwise(trail)))
    return Went(dict(steps), dict(arrows))
