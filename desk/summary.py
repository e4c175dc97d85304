"""Texts a visitor of a kiosk what they were advised, once they have given and confirmed a number."""

from typing import Literal

from sqlalchemy import Connection, func, select

from desk.check_ins import CheckIns
from desk.words import words
from flows.levels import Level
from flows.versions import Versions
from sms.carrier import LOST
from sms.limits import DAY_SECONDS, Limits
from sms.outbox import Outbox
from sms.segments import plain
from store.offers import keep_phone
from store.refusals import opted_out
from store.store import Entry
from store.tables import sends, sessions

_KIND = "summary"
# From kiosks, so that nobody can pester a stranger with it.
_MOST_A_DAY = 3


class Summaries:
    """The desk's side of a kiosk's offer (`voice.texting.Texts`). ``ready``: texts can go out at all."""

    def __init__(
        self, versions: Versions, outbox: Outbox, limits: Limits, check_ins: CheckIns, *, ready: bool
    ) -> None:
        self._versions = versions
        self._outbox = outbox
        self._limits = limits
        self._check_ins = check_ins
        self.ready = ready

    def standing(
        self, connection: Connection, number: str, now: float
    ) -> Literal["free", "opted_out", "limited"]:
        """Whether ``number`` may be texted: it did not text STOP, and no limit is reached."""
        if opted_out(connection, number):
            return "opted_out"
        mine = (sends.c.recipient == number, sends.c.created_at > now - DAY_SECONDS, sends.c.kind == _KIND)
        count = connection.execute(select(func.count()).where(*mine)).scalar_one()
        full = count >= _MOST_A_DAY or self._limits.exceeded(connection, number, now)
        return "limited" if full else "free"

    def texted(self, connection: Connection, session: int, level: Level) -> bool:
        """Whether the advice of row ``session`` at ``level`` was texted to the number given there."""
        mine = (sends.c.session == session, sends.c.key.startswith(_key(session, level)))
        phone = select(sessions.c.phone).where(sessions.c.id == session).scalar_subquery()
        # One that did not arrive may be asked for again.
        found = select(sends.c.id).where(*mine, sends.c.recipient == phone, sends.c.state.not_in(LOST))
        return connection.execute(found).first() is not None

    def give(self, connection: Connection, entry: Entry, number: str) -> None:
        """Texts the advice to ``number``, which from now on is the conversation's, and promises check-ins."""
        session = entry.turn.session
        line, session = self._versions.place(session)
        body = words(session.language, "person.summary", advice=line.advice(session, "sms"))
        keep_phone(connection, entry.session, number)
        self._outbox.put(
            connection,
            key=f"{_key(entry.session, session.level)}{entry.id}",
            kind=_KIND,
            to=number,
            body=plain(body),
            session=entry.session,
            now=entry.now,
        )
        self._check_ins.promise(
            connection, session=entry.session, person=number, level=session.level, now=entry.now
        )


def _key(session: int, level: Level) -> str:
    return f"{_KIND}:{session}:{level.id}:"
