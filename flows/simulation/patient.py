"""A simulated patient: what one says and when, turn for turn, made from a seed and a number."""

import random
from dataclasses import dataclass

from flows.levels import Level
from flows.model import Ask, Flow
from flows.questions import open_question
from flows.session import Channel, Session
from flows.simulation.phrases import Book, bare, slips
from flows.simulation.speech import Speech, Words, asked_and_there
from flows.simulation.truth import Present, draw

# Shares of patients, or of messages where it says "a message".
_CLEAR = 0.75
_VAGUE_A_MESSAGE = 0.5
_FICKLE = 0.1
_MUTE = 0.015
_SLIPS_A_MESSAGE = (0.0, 0.0, 0.3, 0.6)
_NAMED_FIRST, _NAMED_SECOND = 0.5, 0.2
# What nobody keeps back; together with the second message that is everybody.
_FOREMOST_NAMED_FIRST = 0.8
_TELLS_DURATION = 0.5
_GREETS = 0.06
_BESIDE_THE_POINT = 0.15
_DENIES_UNASKED = 0.15
_ASKS_A_MESSAGE, _ASIDE_A_MESSAGE, _WRONG_A_MESSAGE, _SILENT_A_MESSAGE = 0.05, 0.02, 0.03, 0.05
_BACK_BY_COMMAND = 0.5
_TAKEN_BACK_AT_ONCE = 0.3
_SPEAKS_IN_A_WAIT, _ANSWERS_IN_A_WAIT = 0.2, 0.5
_LATE = 0.1
# Seconds after which the kiosk takes note that nobody speaks.
_SILENT_FOR = 8.0


@dataclass(frozen=True)
class Move:
    """What a patient does next, ``after`` so many seconds. ``text`` is ``None`` for saying nothing."""

    text: str | None
    after: float
    tells: frozenset[str] = frozenset()


class Patient:
    """One person in a conversation. ``named_first`` are the facts told in the first description."""

    def __init__(self, flow: Flow, book: Book, channel: Channel | None, rng: random.Random) -> None:
        # Drawn even when it is given, so that the same patient comes on either.
        drawn: Channel = rng.choice(("sms", "voice"))
        self.channel: Channel = channel or drawn
        self.truth = draw(flow, rng)
        self.named_first: frozenset[str] = frozenset()
        self._flow, self._book, self._rng = flow, book, rng
        self._speech = Speech(book, self.channel, self.truth, rng)
        self.clear = rng.random() < _CLEAR
        self.fickle = rng.random() < _FICKLE
        self._mute_from = rng.randrange(10) if rng.random() < _MUTE and self.channel == "voice" else None
        self._slips = rng.choice(_SLIPS_A_MESSAGE) if self.channel == "sms" else 0.0
        self._described = False
        self._waited = False
        self._moves = 0
        # Flags that are told unasked, in the first message and soon after it.
        self._first: list[str] = []
        self._second: list[str] = []
        # Flags that were denied by mistake, which is still to be put right.
        self._owed: list[str] = []
        foremost = book.all("foremost")
        for flag in self.truth.flags:
            chance, first = rng.random(), _FOREMOST_NAMED_FIRST if flag in foremost else _NAMED_FIRST
            if chance < first:
                self._first.append(flag)
            elif chance < first + _NAMED_SECOND:
                self._second.append(flag)

    @property
    def present(self) -> Present:
        """The flags that this person has now."""
        return self.truth.present(self._waited)

    @property
    def waited(self) -> bool:
        """Whether the line's wait has been lived through."""
        return self._waited

    @property
    def unfinished(self) -> bool:
        """Whether there is more to say even after the end: a wrong "no", or an emergency not told yet."""
        untold = any(self._flow.level_of(flag) == Level.EMERGENCY for flag in self._second)
        return not self._mute and bool(self._owed or untold)

    @property
    def _mute(self) -> bool:
        return self._mute_from is not None and self._moves >= self._mute_from

    def wait_over(self) -> None:
        """The line's wait is over: what comes with it is there now."""
        if not self._waited:
            self._waited = True
            self._second += [f for f in self.truth.later if self._flow.level_of(f) == Level.EMERGENCY]

    def move(self, session: Session) -> Move:
        """What this person does in ``session``, whose open question was put to them."""
        words = None if self._mute else self._words(session)
        self._moves += 1
        if words is None:
            return Move(None, _SILENT_FOR)
        text = words.text
        if self.channel == "voice":
            text = bare(text)
        elif self._rng.random() < self._slips:
            text = slips(text, self._rng)
        return Move(text, self._delay(), words.tells)

    def _delay(self) -> float:
        if self.channel == "voice":
            return self._rng.uniform(2, 8)
        return self._rng.uniform(600, 20_000) if self._rng.random() < _LATE else self._rng.uniform(8, 90)

    def _words(self, session: Session) -> Words | None:
        rng, book = self._rng, self._book
        if self._owed:
            return self._put_right(session)
        if not self._described:
            return self._describe()
        if session.waiting:
            if rng.random() > _SPEAKS_IN_A_WAIT:
                return None
            if rng.random() > _ANSWERS_IN_A_WAIT:
                return Words(book.say("waiting", rng))
            self.wait_over()
        if self._second and (session.done or self._waited or rng.random() < 1 / 2):
            told = self._speech.symptoms(self._second, self.present)
            self._second = []
            if told:
                return told
        chance = rng.random()
        for share, key in (
            (_ASKS_A_MESSAGE, "questions"), (_ASIDE_A_MESSAGE, "asides"), (_WRONG_A_MESSAGE, "wrong"),
        ):  # fmt: skip
            if chance < share:
                return Words(book.say(key, rng))
            chance -= share
        if self.channel == "voice" and chance < _SILENT_A_MESSAGE:
            return None
        return self._answer(session)

    def _describe(self) -> Words:
        """The first description; by text now and then only a greeting comes before it."""
        rng, book = self._rng, self._book
        if rng.random() < _GREETS:
            return Words(book.say("greetings", rng))
        self._described = True
        if not self.truth.flags and not self.truth.later and not self.truth.hours:
            return Words(book.say("nothing_hurts", rng))
        present = self.present
        parts = [words for flag in self._first if (words := self._speech.symptom(flag, present[flag]))]
        beside = [Words(book.say("harmless", rng))] if rng.random() < _BESIDE_THE_POINT else []
        hours = f"duration.{self.truth.hours}"
        if hours in book and rng.random() < _TELLS_DURATION:
            beside.append(Words(book.say(hours, rng)))
        if rng.random() < _DENIES_UNASKED and (denial := self._speech.denial(present)):
            beside.append(denial)
        if not parts or rng.random() < 1 / 2:
            parts.insert(0, Words(book.say("complaint", rng)))
        described = self._speech.joined([*parts, *beside])
        self.named_first = described.tells
        return described

    def _answer(self, session: Session) -> Words:
        rng = self._rng
        question = open_question(self._flow, session)
        step = self._flow.steps[session.step]
        if not isinstance(step, Ask) or question.expecting.kind == "anything":
            return self._speech.symptoms(self._first, self.present) or Words(self._book.say("complaint", rng))
        if not self.clear and rng.random() < _VAGUE_A_MESSAGE:
            return self._speech.vague(question)
        there = asked_and_there(question, step, self.present)
        if self.fickle and there and question.expecting.kind in ("yes_no", "checklist"):
            self.fickle = False
            if question.expecting.kind == "yes_no" and rng.random() < _TAKEN_BACK_AT_ONCE:
                told = self._speech.answer(question, step, self.present).tells
                return Words(self._book.say("changes_mind", rng), told)
            self._owed = there
            return Words(self._book.say("no", rng))
        return self._speech.answer(question, step, self.present)

    def _put_right(self, session: Session) -> Words | None:
        """After a wrong "no": the question once more, or the symptom in words."""
        rng, owed = self._rng, self._owed
        self._owed = []
        told = self._speech.symptoms(owed, self.present)
        if not told or (not session.done and rng.random() < _BACK_BY_COMMAND):
            return Words(self._book.say("takes_back", rng))
        return Words(f"{self._book.say('corrects', rng)} {told.text}", told.tells)
