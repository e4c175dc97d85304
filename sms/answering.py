"""What is sent back for one message, whatever happens inside."""

import logging
from dataclasses import asdict, dataclass, replace
from typing import Protocol

from sqlalchemy import Connection

from flows.broken import last_words, where
from flows.countries import emergency_number
from flows.events import Text
from flows.hearing.second_ears import SHORT
from flows.levels import Level
from flows.line import Line
from flows.session import Session
from flows.turn import Alert, Reply, Trace, Turn
from flows.versions import Versions
from sms.country import country_of
from sms.limits import Limits, Verdict
from sms.message import Message
from sms.optout import keyword, noted
from sms.outbox import withdraw
from store.database import TROUBLE
from store.journal import Journal
from store.refusals import accept, stopped
from store.replay import TooEarlyError
from store.store import CUT_OFF, Entry, Kept, Store, Then

log = logging.getLogger(__name__)

# What a message is called in the journal.
UNKEPT = "text"

# Said once to who texts without end: a robot, perhaps, but it might be a person.
_LAST = (
    "So many texts came from this number that I stop answering for today. If it is an emergency, call "
    "{number} now, or text me what is wrong. If not, rest, and talk to the staff or a doctor."
)


@dataclass(frozen=True)
class Late:
    """A message that ``came`` in long before it is handled. ``answer``: there is still a point in one."""

    came: float
    answer: bool

    def is_overtaken(self, session: Session | None) -> bool:
        """Whether the conversation has gone on since: then it is no answer to what was asked last."""
        return session is not None and session.last_at > self.came


@dataclass(frozen=True)
class _Ahead:
    """A message as ``line`` hears it from somebody who stands at ``session``."""

    line: Line
    session: Session
    event: Text


class Desk(Protocol):
    """Who knows the staff."""

    def answer(self, sender: str, body: str, *, late: float | None = None) -> str | None:
        """The answer to what staff reply to a page; ``None`` when it is no such thing. Never raises.

        ``late`` is when it came, if that was not now: it is about nothing that was raised since.
        """

    def site_texted_at(self, number: str) -> str:
        """The site whose people text ``number``, ``""`` when it is not known. Never raises."""


class Rights(Protocol):
    """Who gives people what is kept of them, and forgets them."""

    def answer(self, sender: str, body: str, inbound: str | None, now: float) -> str | None:
        """The answer to a text about that; ``None`` when it is about anything else. Raises `TROUBLE`."""


class Answering:
    """Answers messages. Without a usable conversation, people are still told whom to call."""

    def __init__(
        self,
        versions: Versions,
        store: Store,
        country: str,
        limits: Limits,
        desk: Desk | None = None,
        journal: Journal | None = None,
        rights: Rights | None = None,
    ) -> None:
        self._rights = rights
        self._versions = versions
        self._limits = limits
        self._store = store
        self._country = country
        self._desk = desk
        self._journal = journal

    def answer(self, message: Message, now: float) -> list[str]:
        """The texts to send back, in order; none when nothing is to be said. Never raises.

        When the turn cannot be kept, an emergency is still answered as one, and everybody else is told
        whom to call; the message waits in the journal.
        """
        try:
            return [reply.text for reply in self.take(message, now).replies]
        except Exception as error:
            log.error("a message could not be handled: %s", where(error))
        self._store.count("unkept", "sms")
        country = country_of(message.sender, self._country)
        emergency, texts = False, [last_words(country)]
        try:
            emergency, texts = self._unkept(message, country, now)
        except Exception as error:
            log.error("nor answered without the database: %s", where(error))
        if self._journal:
            self._journal.keep(UNKEPT, now, asdict(message) | {"answered": emergency})
        return [] if message.opt_out else texts

    def take(
        self, message: Message, now: float, *, late: Late | None = None, then: Then | None = None
    ) -> Kept:
        """Handles ``message`` and keeps its turn, with ``then`` in the transaction; raises when it cannot.

        ``late`` is for one that did not come when it was sent.
        """
        came = late.came if late else None
        reply = self._desk.answer(message.sender, message.body, late=came) if self._desk else None
        if reply:
            return self._noted(message, reply, now, then)
        if self._rights and late is None:
            # One that comes late is met with a question: it is not to be obeyed hours after.
            told = self._rights.answer(message.sender, message.body, message.id, now)
            if told:
                return Kept((Reply(told, "rights"),), None)
        newest = self._versions.newest
        if newest is None:
            raise TooEarlyError("the conversation could not be loaded")
        country = country_of(message.sender, self._country)
        verdicts: list[Verdict] = []
        stops: list[bool] = []
        ahead = self._listen_ahead(message, newest.open("sms", country), now)

        def look(connection: Connection) -> None:
            verdicts.append(self._limits.verdict(connection, message.sender, now))
            # Whoever was forgotten is met anew, but their STOP holds.
            stops.append(stopped(connection, message.sender))

        def decide(session: Session | None) -> Turn:
            fresh = newest.open("sms", country)
            line, current = self._versions.place(session or replace(fresh, opted_out=stops[-1]))
            overtaken = late is not None and late.is_overtaken(session)
            if message.opt_out and not (overtaken and message.opt_out != "STOP"):
                return noted(current, message.opt_out, now)
            if overtaken and not _alarming(newest, fresh, message, now):
                return _only_kept(current, now)
            known = ahead is not None and ahead.line is line and ahead.session == current
            event = ahead.event if ahead and known else _event(line, current, message)
            turn = line.step(current, event, now)
            if verdicts[-1] == "answer" and (late is None or late.answer):
                return turn
            # Said in answer to our question, or all by itself.
            alarming = _alarms(turn) or _alarming(newest, fresh, message, now)
            if late and not late.answer:
                return turn.unsaid() if alarming else _only_kept(current, now)
            if alarming:
                return turn
            log.warning("somebody who texts without end was given %s answer", verdicts[-1])
            return _cut_off(turn, country if verdicts[-1] == "last" else "")

        def also(connection: Connection, entry: Entry) -> None:
            if entry.turn.session.opted_out:
                withdraw(connection, message.sender, now)
            elif keyword(message.body, opted_out=True) == "start" or message.opt_out == "START":
                accept(connection, message.sender)
            if then:
                then(connection, entry)

        site = self._desk.site_texted_at(message.recipient) if self._desk else ""
        return self._store.take_turn(
            message.sender, message.id, now, decide, message.body, (site, ""), look=look, then=also
        )

    def _listen_ahead(self, message: Message, fresh: Session, now: float) -> "_Ahead | None":
        """Hears a long ``message`` before others wait for its turn, of which hearing is the longest part.

        It is only good for where its sender stands now: ``None`` when that is not known, or nobody waits.
        """
        if not self._store.database.one_writer or len(message.body.split()) <= SHORT:
            return None
        try:
            session = self._store.glance(message.sender, now)
        except TROUBLE:
            return None
        line, current = self._versions.place(session or fresh)
        return _Ahead(line, current, _event(line, current, message))

    def _noted(self, message: Message, reply: str, now: float, then: Then | None) -> Kept:
        """The answer to staff, kept as a turn in which nothing moves: the same message is answered once."""
        newest = self._versions.newest
        unkept = Kept((Reply(reply, "staff"),), None)
        if newest is None:
            return unkept

        def decide(session: Session | None) -> Turn:
            stays = session or newest.open("sms", country_of(message.sender, self._country))
            return Turn(stays, (Reply(reply, "staff"),), (), (Trace("event", "staff"),))

        try:
            return self._store.take_turn(message.sender, message.id, now, decide, message.body, then=then)
        except TROUBLE as error:
            log.error("an answer to staff could not be kept: %s", where(error))
            if then:
                # It would not be sent either.
                raise
            return unkept

    def _unkept(self, message: Message, country: str, now: float) -> tuple[bool, list[str]]:
        """The answer without a memory: of somebody never met. Whether it is an emergency, and the texts."""
        line = self._versions.newest
        if line is None:
            return False, [last_words(country)]
        fresh, language = line.open("sms", country), ""
        try:
            turn = line.step(fresh, _event(line, fresh, message), now)
            language = turn.language
            if turn.session.level == Level.EMERGENCY:
                return True, [reply.text for reply in turn.replies]
        except Exception as error:
            log.error("the conversation fails on a message: %s", where(error))
        return False, [line.safety_words("sms", country, language)]


def _event(line: Line, session: Session, message: Message) -> Text:
    heard = line.hear(session, message.body)
    command = keyword(message.body, opted_out=session.opted_out)
    return Text(replace(heard, command=command) if command else heard, message.pictures)


def _alarming(line: Line, fresh: Session, message: Message, now: float) -> bool:
    """Whether ``message``, taken by itself, is urgent, or says STOP."""
    event = _event(line, fresh, message)
    return event.heard.command == "stop" or line.step(fresh, event, now).session.level >= Level.URGENT


def _alarms(turn: Turn) -> bool:
    return any(isinstance(effect, Alert) for effect in turn.effects)


def _only_kept(session: Session, now: float) -> Turn:
    return Turn(replace(session, turns=session.turns + 1, last_at=now), (), (), (Trace("event", "late"),))


def _cut_off(turn: Turn, country: str) -> Turn:
    """``turn`` without its answer; with the last one for today when there is a ``country``."""
    last = (Reply(_LAST.format(number=emergency_number(country)), "last"),) if country else ()
    return replace(turn, replies=last, trace=(*turn.trace, Trace("limit", CUT_OFF)))
