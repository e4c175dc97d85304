"""How much is too much: limits against robots that answer each other, and against surprising bills."""

from dataclasses import dataclass
from typing import Literal

from sqlalchemy import BindParameter, Connection, bindparam, func, select

from settings import Settings
from store.statement import Statement
from store.tables import sends, sessions, turns

DAY_SECONDS = 24 * 3600.0
# What a text is marked with that was not sent because of a limit.
LIMITED = "limited"

_WHO: BindParameter[str] = bindparam("who")
_DAY: BindParameter[float] = bindparam("day")
# Answers are counted by turns, and only in conversations that moved within the day.
_MINE = (
    select(func.count())
    .select_from(turns.join(sessions, turns.c.session == sessions.c.id))
    .where(sessions.c.person == _WHO, sessions.c.last_at > _DAY)
)
_TO_THEM = (
    select(func.count())
    .select_from(sends)
    .where(
        sends.c.recipient == _WHO,
        sends.c.created_at > _DAY,
        func.coalesce(sends.c.error, "") != LIMITED,
    )
)
_LOOK = Statement(
    select(
        _MINE.where(turns.c.at > bindparam("lately")).scalar_subquery(),
        _MINE.where(turns.c.at > _DAY).scalar_subquery(),
        _TO_THEM.scalar_subquery(),
    )
)
_TOLD = (
    select(turns.c.id)
    .join(sessions, turns.c.session == sessions.c.id)
    .where(sessions.c.person == _WHO, sessions.c.last_at > _DAY, turns.c.at > _DAY)
    .where(turns.c.cut_off)
    .limit(1)
)

# What to do with an answer: give it, give the last one for today, or give none.
Verdict = Literal["answer", "last", "silent"]


@dataclass(frozen=True)
class Limits:
    """Texts to one number (``a_number``) and to all (``a_day``) in 24 hours, answers included.

    ``turns`` of one person within ``minutes`` are a robot's.
    """

    a_number: int
    a_day: int
    turns: int
    minutes: int

    @classmethod
    def of(cls, settings: Settings) -> "Limits":
        """The limits that ``settings`` give."""
        return cls(
            settings.texts_per_number, settings.texts_per_day, settings.loop_turns, settings.loop_minutes
        )

    def verdict(self, connection: Connection, person: str, now: float) -> Verdict:
        """Whether ``person``, who has just texted, is answered again."""
        lately, today, sent = self._look(connection, person, now)
        if lately < self.turns and today + sent < self.a_number:
            return "answer"
        told = connection.execute(_TOLD, {"who": person, "day": now - DAY_SECONDS}).first()
        return "silent" if told else "last"

    def exceeded(self, connection: Connection, number: str, now: float) -> str:
        """Which limit forbids to text ``number`` of our own accord; ``""`` when none does.

        Answers count towards the limit of the day, but nobody who texts is left alone because of it.
        """
        _, today, sent = self._look(connection, number, now)
        if today + sent >= self.a_number:
            return "a number's limit"
        day = now - DAY_SECONDS
        if _at_most(connection, day) < self.a_day:
            return ""
        ours = select(sends.c.id).where(sends.c.created_at > day).limit(self.a_day)
        answers = select(turns.c.id).where(turns.c.at > day, turns.c.inbound.is_not(None)).limit(self.a_day)
        counted = [
            connection.execute(select(func.count()).select_from(one.subquery())).scalar_one()
            for one in (ours, answers)
        ]
        return "the day's limit" if sum(counted) >= self.a_day else ""

    def _look(self, connection: Connection, person: str, now: float) -> tuple[int, int, int]:
        day, lately = now - DAY_SECONDS, now - self.minutes * 60.0
        lately_count, today, sent = _LOOK.run(connection, {"who": person, "day": day, "lately": lately})
        return int(lately_count), int(today), int(sent)


def _at_most(connection: Connection, since: float) -> int:
    """No fewer than the texts since then, told by the rows' numbers: counting takes seconds on a busy day."""
    found = 0
    for table, at in ((sends, sends.c.created_at), (turns, turns.c.at)):
        begun = select(func.min(at)).where(at > since).scalar_subquery()
        first = select(func.min(table.c.id)).where(at == begun).scalar_subquery()
        found += connection.execute(select(func.max(table.c.id) - first + 1)).scalar() or 0
    return found
