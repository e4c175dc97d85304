"""The spoken conversation: what is answered to what was said at a kiosk, whatever happens inside."""

import logging
import secrets

from flows.broken import last_words, where
from flows.events import Event, Silence, Speech, Started, Text, TimedOut
from flows.holding import STAFF_WORDS
from flows.levels import Level
from flows.line import Line
from flows.questions import open_question
from flows.session import Session
from flows.turn import Alert, Turn
from flows.versions import Versions
from store.journal import Journal, Unkept
from store.replay import TooEarlyError
from store.store import Store
from voice.alarm import outright
from voice.exchange import Answer, Progress, Said
from voice.language import words_of
from voice.meaning import Meant, meaning
from voice.texting import Texting, Texts

log = logging.getLogger(__name__)

# What is said at a kiosk is called so in the journal.
UNKEPT = "alert of a kiosk"
_LONGEST_ID = 64


class Dialogue:
    """Answers a kiosk. Without a usable conversation, people are still told whom to call.

    With ``texts``, visitors are offered the advice as a text.
    """

    def __init__(
        self,
        versions: Versions,
        store: Store,
        country: str,
        journal: Journal | None = None,
        texts: Texts | None = None,
    ) -> None:
        self._versions = versions
        self._store = store
        self._journal = journal
        self._texts = texts
        self.country = country

    def answer(
        self, conversation: str | None, said: Said, now: float, language: str = "", kiosk: str = ""
    ) -> Answer:
        """The answer to ``said`` in ``conversation``, or in a new one if that is unknown or over.

        ``language`` is the one that was chosen for a new one; without one the first words tell it.
        ``kiosk`` is the name of the one that it was said to.

        Never raises. When the turn cannot be kept, an emergency is still answered as one, and everybody
        else is told whom to call; what staff must be told waits in the journal.
        """
        try:
            return self._kept(conversation, said, now, language, kiosk)
        except Exception as error:
            log.error("something said could not be handled: %s", where(error))
        self._store.count("unkept", "voice")
        try:
            return self._unkept(conversation, said, now, language, kiosk)
        except Exception as error:
            log.error("nor answered without the database: %s", where(error))
        return Answer(conversation, (last_words(self.country),))

    def sorry(self, conversation: str | None, now: float, language: str = "") -> Answer:
        """The answer to something that could not be heard at all because a part is broken. Never raises.

        Where the conversation stands is kept: an emergency on the screen stays there.
        """
        session = None
        try:
            session = self._store.session(_person(conversation), now) if conversation else None
        except Exception as error:
            log.error("where the conversation stands is not known: %s", where(error))
        words = last_words(self.country)
        if (line := self._versions.newest) is not None:
            language = session.language if session and session.language else language
            words = line.safety_words("voice", self.country, language)
            language = line.flow.words_in(language).language
        if session is None:
            return Answer(conversation, (words,), language=language)
        level, done = session.level, session.done
        return Answer(conversation, (words,), session.step, level=level, done=done, language=language)

    def meant(self, conversation: str | None, text: str, now: float, language: str = "") -> Meant | None:
        """What ``text`` would mean if it were said now. ``None`` when that cannot be told. Never raises."""
        try:
            line, session = self._standing(conversation, now, language)
            return meaning(line, session, text)
        except Exception as error:
            log.error("what was said could not be weighed: %s", where(error))
            return None

    def emergencies(self, text: str, language: str = "") -> frozenset[str]:
        """The emergencies that ``text``, not finished yet, says outright. Never raises."""
        try:
            line = self._newest()
            heard = line.hear(line.open("voice", self.country, language), text)
            return outright(line.flow, heard)
        except Exception as error:
            log.error("words could not be watched: %s", where(error))
            return frozenset()

    def is_kept(self, conversation: str, now: float) -> bool:
        """Whether ``conversation`` can be gone on with. Never raises."""
        return self.glance(conversation, now) is not None

    def glance(self, conversation: str, now: float) -> Session | None:
        """Where ``conversation`` stands, ``None`` when it is over or that is not known. Never raises."""
        try:
            return self._session(conversation, now)
        except Exception as error:
            log.error("where the conversation stands is not known: %s", where(error))
            return None

    def _standing(self, conversation: str | None, now: float, language: str) -> tuple[Line, Session]:
        session = self._session(conversation, now)
        if session is None:
            line = self._newest()
            return line, line.open("voice", self.country, language)
        return self._versions.place(session)

    def _session(self, conversation: str | None, now: float) -> Session | None:
        usable = conversation and len(conversation) <= _LONGEST_ID
        return self._store.glance(_person(str(conversation)), now) if usable else None

    def _newest(self) -> Line:
        newest = self._versions.newest
        if newest is None:
            raise RuntimeError("the conversation could not be loaded")
        return newest

    def _kept(self, conversation: str | None, said: Said, now: float, language: str, kiosk: str) -> Answer:
        newest = self._newest()
        if conversation and len(conversation) <= _LONGEST_ID:
            person = _person(conversation)
            texting = Texting(self._texts, person, said, now) if self._texts else None

            def go_on(session: Session | None) -> Turn | None:
                if session is None:
                    return None
                line, current = self._versions.place(session)
                aside = texting.turn(line, current) if texting else None
                return aside or line.step(current, _event(line, current, said), now)

            look, then = (texting.look, texting.keep) if texting else (None, None)
            kept = self._store.take_turn(person, None, now, go_on, said.text, look=look, then=then)
            if kept.turn:
                answer = self._answer(conversation, kept.turn, now)
                return texting.told(answer, self.country) if texting else answer

        def begin(_: Session | None) -> Turn:
            return self._begin(newest, said, now, language)

        # Made here and never taken from outside, so that nobody can guess or plant another's.
        fresh = secrets.token_urlsafe(16)
        kept = self._store.take_turn(_person(fresh), None, now, begin, said.text, ("", kiosk))
        assert kept.turn is not None
        return self._answer(fresh, kept.turn, now)

    def _begin(self, line: Line, said: Said, now: float, language: str) -> Turn:
        """The first turn of a fresh conversation: only words count, nothing was waited for yet."""
        session = line.open("voice", self.country, language)
        event = _event(line, session, said) if said.text else Started()
        return line.step(session, event, now)

    def _unkept(self, conversation: str | None, said: Said, now: float, language: str, kiosk: str) -> Answer:
        """The answer without a memory: to somebody never met, and only if it is an emergency."""
        newest = self._versions.newest
        if newest is not None and said.text:
            turn = self._begin(newest, said, now, language)
            if self._journal and any(isinstance(effect, Alert) for effect in turn.effects):
                # What is said next is about the same person: their alerts become one.
                if not conversation or len(conversation) > _LONGEST_ID:
                    conversation = secrets.token_urlsafe(16)
                place = {"conversation": conversation, "kiosk": kiosk, "language": language}
                self._journal.keep(UNKEPT, now, place | vars(said))
            if turn.session.level == Level.EMERGENCY:
                return self._answer(conversation, turn, now)
        return self.sorry(conversation, now, language)

    def _answer(self, conversation: str | None, turn: Turn, now: float) -> Answer:
        session = turn.session
        flow = self._versions.place(session)[0].flow
        words = words_of(turn.language).talk
        replies = tuple(
            words["staff_say"].format(text=reply.text) if reply.key == STAFF_WORDS else reply.text
            for reply in turn.replies
        )
        if session.held and not replies:
            replies = (words["staff"],)
        advice = any(reply.key != STAFF_WORDS for reply in turn.replies)
        return Answer(
            conversation=conversation,
            replies=replies,
            step=session.step,
            asks=() if session.held else turn.asks,
            level=session.level,
            done=session.done,
            buttons=() if session.held else turn.buttons,
            ask_again_in=max(0.0, session.due - now) if session.waiting else None,
            language=turn.language,
            anything=open_question(flow, session).expecting.kind == "anything",
            progress=Progress.at(flow, session),
            held=session.held,
            # Whoever comes to help finds what to do in an emergency, whatever else is said.
            beside=session.held and session.level == Level.EMERGENCY and not advice,
        )

    def from_journal(self, unkept: Unkept, now: float) -> None:
        """The journal's hand for what staff must be told. The person was answered then, and is not now."""
        newest = self._versions.newest
        if newest is None:
            raise TooEarlyError("the conversation could not be loaded")
        fields = unkept.fields
        said = Said(fields["kind"], fields["text"])

        def decide(session: Session | None) -> Turn:
            fresh = newest.open("voice", self.country, fields["language"])
            line, current = self._versions.place(session or fresh)
            return line.step(current, _event(line, current, said), now).unsaid()

        person, place = _person(fields["conversation"]), ("", fields["kiosk"])
        self._store.take_turn(person, unkept.key, now, decide, said.text, place)


def _person(conversation: str) -> str:
    return f"kiosk:{conversation}"


def _event(line: Line, session: Session, said: Said) -> Event:
    if said.kind == "started":
        return Started()
    if said.kind == "timed_out":
        return TimedOut(session.waiting or "nothing")
    if not said.text:
        return Silence()
    heard = line.hear(session, said.text)
    return Speech(heard) if said.kind == "speech" else Text(heard)
