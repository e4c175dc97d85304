"""Check-ins: put down with the end of a conversation, and answered with the turn that says it."""

from dataclasses import dataclass

from sqlalchemy import Connection, RowMapping, select

from desk.roster import Site
from desk.roster_file import RosterFile
from desk.waking_hours import waking, zones_of
from flows.levels import Level
from flows.model import CheckIn
from flows.session import BadSessionError, Session
from flows.turn import Alert, Cancel, End
from flows.versions import Versions
from sms.outbox import CHECK_IN
from store import check_ins as rows
from store.store import Entry
from store.tables import sessions

_DAY_SECONDS = 24 * 3600.0


@dataclass(frozen=True)
class Origin:
    """The conversation after which somebody is asked. Nothing else that was told in it counts any more."""

    site: str
    kiosk: str
    language: str
    country: str


def origin_of(connection: Connection, session: int) -> Origin:
    """What is known of row ``session`` of the table sessions."""
    found = select(sessions.c.site, sessions.c.kiosk, sessions.c.state).where(sessions.c.id == session)
    site, kiosk, state = connection.execute(found).one()
    try:
        then = Session.from_json(state)
    except BadSessionError:
        then = Session("", "", "sms")
    return Origin(site, kiosk, then.language, then.country)


class CheckIns:
    """Whom to ask some days later, and when: as `flows.model.CheckIn` says, in waking hours."""

    def __init__(self, versions: Versions, file: RosterFile) -> None:
        self._versions = versions
        self._file = file

    def note(self, connection: Connection, entry: Entry) -> None:
        """Takes down what a turn by text means for check-ins; for `Store`, in the transaction of every turn.

        A visitor of a kiosk cannot be texted, unless they give a number: `promise` is for that.
        """
        turn = entry.turn
        if turn.session.channel != "sms":
            return
        if Cancel("*") in turn.effects:
            rows.cancel(connection, entry.person)
            return
        ends = [effect.level for effect in turn.effects if isinstance(effect, End)]
        question = self._check_in.question if self._check_in else ""
        told = any(trace.what == "answer" and trace.name == question for trace in turn.trace)
        level = turn.session.level
        alarming = level >= Level.URGENT and any(isinstance(effect, Alert) for effect in turn.effects)
        if told or ends or alarming:
            answer = level.id if alarming else str(turn.session.answers.get(question, level.id))
            rows.answered(connection, entry.person, answer, entry.now)
        for level in ends:
            self.promise(connection, session=entry.session, person=entry.person, level=level, now=entry.now)

    def promise(self, connection: Connection, *, session: int, person: str, level: Level, now: float) -> None:
        """``session`` (its row) ended at ``level``: ``person`` (``+1…``) is asked some days later, or not.

        An end at any level but `info` takes the place of older ones. At a kiosk, ``person`` is the number
        that its visitor gave.
        """
        if level == Level.INFO:
            return
        rows.replace(connection, person)
        if self._check_in is None or level not in self._check_in.levels:
            return
        origin = origin_of(connection, session)
        for day in self._check_in.days:
            due = self.awake(person, origin, now + day * _DAY_SECONDS)
            rows.put_down(connection, session=session, person=person, day=day, due=due)

    def awake(self, person: str, origin: Origin, at: float) -> float:
        """The first time from ``at`` on at which ``person`` may be texted."""
        site = self._site(origin)
        home = site.zone if site else None
        return waking(at, zones_of(person, origin.country, home), home)

    def earliest(self, connection: Connection, send: RowMapping, now: float) -> float:
        """When a text may be sent: the question of a check-in, which was held up, not in the night."""
        if send["kind"] != CHECK_IN:
            return now
        return self.awake(send["recipient"], origin_of(connection, send["session"]), now)

    def site_of(self, origin: Origin) -> str:
        """The id of the site where it was, ``""`` when unknown; at a kiosk, the kiosk tells."""
        site = self._site(origin)
        return site.id if site else origin.site

    def _site(self, origin: Origin) -> Site | None:
        roster = self._file.roster
        return roster.site(origin.site, origin.kiosk) if roster else None

    @property
    def _check_in(self) -> CheckIn | None:
        return self._versions.newest.flow.check_in if self._versions.newest else None
