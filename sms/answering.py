"""What is sent back for one message, whatever happens inside."""

import logging
from dataclasses import replace
from typing import Protocol

from flows.broken import last_words, where
from flows.events import Text
from flows.levels import Level
from flows.line import Line
from flows.session import Session
from flows.turn import Reply, Trace, Turn
from flows.versions import Versions
from sms.country import country_of
from sms.message import Message
from sms.optout import keyword, noted
from store.database import TROUBLE
from store.store import Store

log = logging.getLogger(__name__)


class Desk(Protocol):
    """Who knows the staff."""

    def answer(self, sender: str, body: str, now: float) -> str | None:
        """The answer to what staff reply to a page; ``None`` when it is no such thing. Never raises."""

    def site_texted_at(self, number: str) -> str:
        """The site whose people text ``number``, ``""`` when it is not known. Never raises."""


class Answering:
    """Answers messages. Without a usable conversation, people are still told whom to call."""

    def __init__(self, versions: Versions, store: Store, country: str, desk: Desk | None = None) -> None:
        self._versions = versions
        self._store = store
        self._country = country
        self._desk = desk

    def answer(self, message: Message, now: float) -> list[str]:
        """The texts to send back, in order; none when nothing is to be said. Never raises.

        When the turn cannot be kept, an emergency is still answered as one, and everybody else is told
        whom to call.
        """
        try:
            reply = self._desk.answer(message.sender, message.body, now) if self._desk else None
            return self._noted(message, reply, now) if reply else self._kept(message, now)
        except Exception as error:
            log.error("a message could not be handled: %s", where(error))
        country = country_of(message.sender, self._country)
        try:
            return [] if message.opt_out else self._unkept(message, country, now)
        except Exception as error:
            log.error("nor answered without the database: %s", where(error))
        return [last_words(country)]

    def _kept(self, message: Message, now: float) -> list[str]:
        newest = self._versions.newest
        if newest is None:
            raise RuntimeError("the conversation could not be loaded")

        def decide(session: Session | None) -> Turn:
            fresh = session or newest.open("sms", country_of(message.sender, self._country))
            line, current = self._versions.place(fresh)
            if message.opt_out:
                return noted(current, message.opt_out, now)
            return line.step(current, _event(line, current, message), now)

        site = self._desk.site_texted_at(message.recipient) if self._desk else ""
        kept = self._store.take_turn(message.sender, message.id, now, decide, message.body, (site, ""))
        return [reply.text for reply in kept.replies]

    def _noted(self, message: Message, reply: str, now: float) -> list[str]:
        """The answer to staff, kept as a turn in which nothing moves: the same message is answered once."""
        newest = self._versions.newest
        if newest is None:
            return [reply]

        def decide(session: Session | None) -> Turn:
            stays = session or newest.open("sms", country_of(message.sender, self._country))
            return Turn(stays, (Reply(reply, "staff"),), (), (Trace("event", "staff"),))

        try:
            kept = self._store.take_turn(message.sender, message.id, now, decide, message.body)
        except TROUBLE as error:
            log.error("an answer to staff could not be kept: %s", where(error))
            return [reply]
        return [one.text for one in kept.replies]

    def _unkept(self, message: Message, country: str, now: float) -> list[str]:
        """The answer without a memory: of somebody never met, and only if it is an emergency."""
        line = self._versions.newest
        if line is None:
            return [last_words(country)]
        fresh = line.open("sms", country)
        try:
            turn = line.step(fresh, _event(line, fresh, message), now)
            if turn.session.level == Level.EMERGENCY:
                return [reply.text for reply in turn.replies]
        except Exception as error:
            log.error("the conversation fails on a message: %s", where(error))
        return [line.safety_words("sms", country)]


def _event(line: Line, session: Session, message: Message) -> Text:
    heard = line.hear(session, message.body)
    command = keyword(message.body, opted_out=session.opted_out)
    return Text(replace(heard, command=command) if command else heard, message.pictures)
