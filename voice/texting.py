"""A visitor's turn about having the advice texted. Whatever else they say belongs to the conversation."""

from dataclasses import replace
from typing import Protocol

from sqlalchemy import Connection

from flows.countries import crisis_line, emergency_number
from flows.heard import Expecting, Heard
from flows.languages import COMMAND as LANGUAGE
from flows.levels import Level
from flows.line import Line
from flows.session import Session
from flows.turn import Button, Trace, Turn
from store.offers import Visit, drop_offer, keep_offer, keep_phone, unsay, visit_of
from store.store import Entry
from voice.exchange import Answer, Aside, Said, Stage
from voice.language import KioskLanguage, words_of
from voice.offer import Meant, Offer, Outcome, Standing, step
from voice.phone_number import dialled, in_groups
from voice.plain_words import contains

# No words, and no silence either.
_HAPPENINGS = ("started", "timed_out")
_YES_OR_NO = Expecting("yes_no")
# Commands that the conversation carries out, whatever is being asked.
_COMMANDS = ("restart", "help", "staff", "remind")
# Whom people call for help, wherever they learnt it.
_HELPLINES = ("911", "112", "999", "000", "988")
# A number is named to others by its last digits.
_ENDING = 2


class Texts(Protocol):
    """Who texts visitors: the desk. All of it is done in the transaction of the turn."""

    @property
    def ready(self) -> bool:
        """Whether texts can go out at all. Never raises."""

    def standing(self, connection: Connection, number: str, now: float) -> Standing:
        """Whether ``number`` (``+1…``) may be texted."""

    def texted(self, connection: Connection, session: int, level: Level) -> bool:
        """Whether the advice of row ``session`` at this ``level`` was texted already."""

    def give(self, connection: Connection, entry: Entry, number: str) -> None:
        """Texts the advice of the turn's conversation to ``number``, and keeps it for check-ins."""


class Texting:
    """One turn of a visitor. `look`, `turn` and `keep` are for `Store.take_turn`; they may be done twice.

    Nothing of it is kept as the conversation's history: neither what was said, nor the number read back.
    """

    def __init__(self, texts: Texts, person: str, said: Said, now: float) -> None:
        self._texts = texts
        self._person = person
        self._said = said
        self._now = now
        self._visit: Visit | None = None
        self._standing: Standing = "free"
        self._texted = False
        self._outcome: Outcome | None = None
        self._beginning: tuple[Button, ...] = ()

    def look(self, connection: Connection) -> None:
        """Reads where the visitor stands."""
        self._visit = visit = visit_of(connection, self._person)
        if visit is None:
            return
        if visit.offer and visit.offer[0]:
            self._standing = self._texts.standing(connection, visit.offer[0], self._now)
        self._texted = self._texts.texted(connection, visit.session, Level.from_id(visit.level))

    def turn(self, line: Line, session: Session) -> Turn | None:
        """The turn in ``session`` when what was said is about the text; else ``None``."""
        self._outcome = None
        if self._visit is None or self._said.kind in _HAPPENINGS or not _can_offer(session, self._texts):
            return None
        language = line.flow.words_in(session.language).language
        kiosk = words_of(language)
        digits = dialled(self._said.text, kiosk.numbers)
        heard = line.hear(session, self._said.text)
        if not digits and _is_news(line, heard):
            return None
        if self._visit.offer:
            answer = line.hear(session, self._said.text, _YES_OR_NO)
            meant = self._meant(kiosk, digits, session.country, heard, answer)
            offer, typed, country = Offer(*self._visit.offer), self._said.kind == "text", session.country
            self._outcome = step(offer, meant, digits, typed=typed, country=country, standing=self._standing)
        elif contains(self._said.text, kiosk.offer.start):
            already = Outcome(None, "already", about=self._visit.phone)
            self._outcome = already if self._texted else Outcome(Offer(), "ask")
        else:
            return None
        # Who is typing a number is still there.
        here = replace(session, last_at=self._now)
        return Turn(here, (), (), (Trace("offer", self._outcome.say),), language=language)

    def keep(self, connection: Connection, entry: Entry) -> None:
        """Writes down where the offer stands now, and texts the advice to a number that was given."""
        outcome, session = self._outcome, entry.turn.session
        if any(trace.what == "command" and trace.name == "restart" for trace in entry.turn.trace):
            # Who says so may be the next visitor, and the number is not theirs.
            keep_phone(connection, entry.session, None)
        if outcome:
            unsay(connection, entry.id)
        if outcome and outcome.offer:
            offer = outcome.offer
            keep_offer(connection, entry.session, offer.number, offer.misses, self._now)
        elif self._visit and self._visit.offer:
            drop_offer(connection, entry.session)
        if outcome and outcome.given:
            self._texts.give(connection, entry, outcome.given)
        can = _can_offer(session, self._texts) and not (outcome and outcome.offer)
        texted = can and self._texts.texted(connection, entry.session, session.level)
        self._beginning = _buttons(entry.turn.language, "start") if can and not texted else ()

    def told(self, answer: Answer, country: str) -> Answer:
        """``answer`` with what there is to say and to tap about the text."""
        outcome = self._outcome
        if outcome is None:
            return replace(answer, buttons=(*answer.buttons, *self._beginning))
        words = words_of(answer.language).offer.say[outcome.say]
        # Its groups stay on one line.
        number = in_groups(outcome.about, country).replace(" ", "\u00a0")
        buttons, draft = self._beginning, in_groups(outcome.draft, country)
        stage: Stage = "closed"
        if outcome.offer:
            stage = "confirming" if outcome.offer.number else "asking"
            tapped = ("yes", "no", "cancel") if outcome.offer.number else ("cancel",)
            buttons = _buttons(answer.language, *tapped)
        said = (words.format(number=number, ending=outcome.about[-_ENDING:]),)
        return replace(answer, replies=said, buttons=buttons, aside=Aside(stage, draft))

    def _meant(self, kiosk: KioskLanguage, digits: str, country: str, heard: Heard, answer: Heard) -> Meant:
        if not self._said.text:
            return "silence"
        if digits in _HELPLINES or digits in (emergency_number(country), crisis_line(country)):
            return "helpline"
        if digits:
            return "number"
        if heard.command == "stop" or contains(self._said.text, kiosk.offer.cancel):
            return "cancel"
        if heard.command == "repeat":
            return "repeat"
        if heard.command == "back":
            return "no"
        return answer.yes_no if answer.yes_no in ("yes", "no") else "unclear"


def _can_offer(session: Session, texts: Texts) -> bool:
    """In an emergency the screen belongs to the emergency."""
    return texts.ready and session.done and session.level < Level.EMERGENCY


def _is_news(line: Line, heard: Heard) -> bool:
    """Whether the conversation must hear it: a sign, something worse, a question, or a command."""
    command = heard.command or ""
    return bool(
        heard.flags("present")
        or heard.flags("unsure")
        or heard.topics
        or heard.choice in line.flow.reopen_answers
        or command in _COMMANDS
        or command.startswith(LANGUAGE)
    )


def _buttons(language: str, *names: str) -> tuple[Button, ...]:
    labels = words_of(language).offer.buttons
    return tuple(Button(labels[name], labels[name]) for name in names)
