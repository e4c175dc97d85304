"""A conversation as it is kept, said again to the pure engine."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, select

from flows.events import DaysLater, Event, Text, TimedOut
from flows.heard import Heard
from flows.line import Line
from flows.session import Session
from flows.turn import Effect
from store.tables import sessions, turns


@dataclass(frozen=True)
class Conversation:
    """A row of the table sessions, and its turns in the order in which they were kept."""

    row: Any
    turns: Sequence[Any]

    @property
    def said(self) -> list[str]:
        """What the person said."""
        return [turn.said for turn in self.turns if turn.said]

    @property
    def language(self) -> str:
        """In which it began: we speak first in the one of the last time, otherwise their words tell it."""
        return str(json.loads(self.row.state)["language"]) if _asks_after(self.turns[0]) else ""


class Replay:
    """Says conversations again to ``line``. People say the same at the same places: that is heard once."""

    def __init__(self, line: Line) -> None:
        self._line = line
        self._heard: dict[tuple[str, str], Heard] = {}

    def __call__(self, kept: Conversation) -> tuple[list[str], list[Effect]]:
        """What is kept otherwise than the engine says it, and all that it asks for."""
        faults: list[str] = []
        effects: list[Effect] = []
        session = self._line.open(kept.row.channel, "US", kept.language)
        for one in kept.turns:
            turn = self._line.step(session, self._event(session, one), one.at)
            session = turn.session
            effects += turn.effects
            if [reply.text for reply in turn.replies] != replies_of(one):
                faults.append(f"turn {one.id} was answered otherwise")
        if session.to_json() != kept.row.state:
            faults.append(f"session {kept.row.id} is not where its turns lead")
        if kept.row.version != len(kept.turns):
            faults.append(f"session {kept.row.id} counts {kept.row.version} of its {len(kept.turns)} turns")
        return faults, effects

    def _event(self, session: Session, turn: Any) -> Event:
        if not turn.said:
            return DaysLater() if _asks_after(turn) else TimedOut(session.waiting)
        place = replace(session, last_at=0.0, due=0.0).to_json(), turn.said
        if place not in self._heard:
            self._heard[place] = self._line.hear(session, turn.said)
        return Text(self._heard[place])


def conversations(connection: Connection) -> list[Conversation]:
    """All that are kept, oldest first."""
    of: dict[int, list[Any]] = {}
    for turn in connection.execute(select(turns).order_by(turns.c.id)):
        of.setdefault(turn.session, []).append(turn)
    rows = connection.execute(select(sessions).order_by(sessions.c.id)).all()
    return [Conversation(row, of.get(row.id, [])) for row in rows]


def replies_of(turn: Any) -> list[str]:
    """What was answered in a row of the table turns."""
    return [reply["text"] for reply in json.loads(turn.replies)]


def _asks_after(turn: Any) -> bool:
    return str(turn.inbound).startswith("job:check_in:")
