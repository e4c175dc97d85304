"""What is sent back for one message, whatever happens inside."""

import logging
from dataclasses import replace

from flows.broken import last_words, where
from flows.events import Text
from flows.levels import Level
from flows.line import Line
from flows.session import Session
from flows.turn import Turn
from sms.country import country_of
from sms.message import Message
from sms.optout import keyword, noted
from store.store import Store

log = logging.getLogger(__name__)


class Answering:
    """Answers messages. ``line`` is ``None`` when the conversation could not be loaded."""

    def __init__(self, line: Line | None, store: Store, country: str) -> None:
        self._line = line
        self._store = store
        self._country = country

    def answer(self, message: Message, now: float) -> list[str]:
        """The texts to send back, in order; none when nothing is to be said. Never raises.

        When the turn cannot be kept, an emergency is still answered as one, and everybody else is told
        whom to call.
        """
        try:
            if self._line is None:
                raise RuntimeError("the conversation could not be loaded")
            return self._kept(self._line, message, now)
        except Exception as error:
            log.error("a message could not be handled: %s", where(error))
        country = country_of(message.sender, self._country)
        try:
            return [] if message.opt_out else self._unkept(message, country, now)
        except Exception as error:
            log.error("nor answered without the database: %s", where(error))
        return [last_words(country)]

    def _kept(self, line: Line, message: Message, now: float) -> list[str]:
        def decide(session: Session | None) -> Turn:
            current = session or line.open("sms", country_of(message.sender, self._country))
            if message.opt_out:
                return noted(current, message.opt_out, now)
            return line.step(current, _event(line, current, message), now)

        kept = self._store.take_turn(message.sender, message.id, now, decide, message.body)
        return [reply.text for reply in kept.replies]

    def _unkept(self, message: Message, country: str, now: float) -> list[str]:
        """The answer without a memory: of somebody never met, and only if it is an emergency."""
        if self._line is None:
            return [last_words(country)]
        fresh, language = self._line.open("sms", country), ""
        try:
            turn = self._line.step(fresh, _event(self._line, fresh, message), now)
            language = turn.language
            if turn.session.level == Level.EMERGENCY:
                return [reply.text for reply in turn.replies]
        except Exception as error:
            log.error("the conversation fails on a message: %s", where(error))
        return [self._line.safety_words("sms", country, language)]


def _event(line: Line, session: Session, message: Message) -> Text:
    heard = line.hear(session, message.body)
    command = keyword(message.body, opted_out=session.opted_out)
    return Text(replace(heard, command=command) if command else heard, message.pictures)
