"""One simulated patient's whole conversation with the line, by a simulated clock."""

import random
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from time import process_time

from flows.events import Event, Silence, Speech, Started, Text, TimedOut
from flows.heard import ANYTHING, Expecting, Heard
from flows.levels import Level
from flows.line import Line
from flows.model import Ask, Flow
from flows.questions import open_question
from flows.session import Channel, Session
from flows.simulation.patient import Move, Patient
from flows.simulation.phrases import Book
from flows.simulation.truth import Truth, amounts_to, facts
from flows.turn import Turn
from flows.understanding import Understanding

_BEGINS = 1_000_000.0
_REMEMBERED = 200_000
# Beyond the flow's own limit of turns: a conversation that is still open then will never end.
_EVENTS_TOO_MANY = 40
_LOOP = 4


class RememberingEars(Understanding):
    """Ears that work out each text once for each kind of question, because what patients say comes again."""

    def __init__(self, ears: Understanding) -> None:
        vars(self).update(vars(ears))
        self._remembered = lru_cache(_REMEMBERED)(ears.understand)

    def understand(self, text: str, expecting: Expecting = ANYTHING) -> Heard:
        """What ``text`` means; the same `Heard` as before for a text heard before."""
        return self._remembered(text, expecting)


def remembering(line: Line) -> Line:
    """``line`` with ears that remember."""
    return replace(line, ears={language: RememberingEars(ears) for language, ears in line.ears.items()})


# Why somebody ends below the truth, the line's own fault first.
TOLD, UNHEARD, UNTOLD, ASKED, OTHER = REASONS = (
    "told clearly", "told in words, not understood", "never asked, never told", "asked, not told clearly",
    "other answers",
)  # fmt: skip


@dataclass(frozen=True)
class Spoken:
    """One event of a conversation: what happened at ``now``, and the turn that it brought."""

    now: float
    event: Event
    turn: Turn


@dataclass(frozen=True)
class Outcome:
    """How one conversation went.

    - ``turns``: messages of the patient (silences too) until the end; ``to_named`` those until the level
      of what the first description named was reached, ``None`` if it named nothing serious.
    - ``clear``: whether the patient speaks clearly; ``mild``: whether nothing in the truth needs anybody
      to be seen.
    - ``dead_end``: why there was no proper end, or empty.
    - ``loop``: whether one question stayed open for `_LOOP` messages in a row.
    - ``missed``: emergencies that were asked about and truthfully told, or understood, in a conversation
      that yet ended lower. Any is a failure.
    - ``skipped``: emergencies that the flow has a question for and never asked, though it ended below
      urgent and so sent the patient home. Any is a failure, too.
    - ``why_lower``: for a level below the truth, the reason, one of `REASONS`; ``untold``: what would have
      raised the level and was neither asked about nor told.
    - ``unheard``: what would have raised the level, was told in words unasked and was not understood, nor
      told in answer to a question; with the text.
    - ``seconds``: processor time.
    """

    number: int
    channel: Channel
    truth: Level
    level: Level
    turns: int
    to_named: int | None
    clear: bool
    mild: bool
    dead_end: str
    loop: bool
    missed: tuple[str, ...]
    skipped: tuple[str, ...]
    why_lower: str
    untold: tuple[str, ...]
    unheard: tuple[tuple[str, str], ...]
    seconds: float

    @property
    def failed(self) -> bool:
        """Whether the line did what it must never do."""
        return bool(self.missed or self.skipped)


@dataclass(frozen=True)
class Conversation:
    """Everything of one run: the hidden truth, what was said, and the outcome."""

    truth: Truth
    spoken: tuple[Spoken, ...]
    outcome: Outcome


def patient_for(flow: Flow, book: Book, seed: int, number: int, channel: Channel | None) -> Patient:
    """Patient ``number`` of the run ``seed``: always the same one."""
    return Patient(flow, book, channel, random.Random(f"{seed} {number}"))


def converse(line: Line, book: Book, seed: int, number: int, channel: Channel | None = None) -> Conversation:
    """Let patient ``number`` of the run ``seed`` talk to ``line`` until the end."""
    began = process_time()
    patient = patient_for(line.flow, book, seed, number, channel)
    talk = _Talk(line, patient)
    dead_end = talk.hold()
    return Conversation(patient.truth, tuple(talk.spoken), talk.outcome(number, dead_end, began))


class _Talk:
    """The conversation while it goes on, and what has been told in it."""

    def __init__(self, line: Line, patient: Patient) -> None:
        self.line, self.patient = line, patient
        self.session: Session = line.open(patient.channel, "US")
        self.now = _BEGINS
        self.spoken: list[Spoken] = []
        self.turns = 0
        self.turns_to: dict[Level, int] = {}
        # Facts told in answer to a question about them or understood, and those told otherwise.
        self.told: set[str] = set()
        self.unheard: dict[str, str] = {}
        self.asked_about: set[str] = set()
        self.open: tuple[object, ...] = ()
        self.unanswered = self.longest = 0

    def hold(self) -> str:
        """Talk until the end; gives why there was none, or ``""``."""
        flow = self.line.flow
        if self.patient.channel == "voice":
            self.happens(Started())
        for _ in range(flow.turn_limit + _EVENTS_TOO_MANY):
            if self.session.done and not self.patient.unfinished:
                limited = any(trace.what == "limit" for trace in self.spoken[-1].turn.trace)
                return "turn limit" if limited else ""
            self.moves(self.patient.move(self.session))
        return "no end"

    def moves(self, move: Move) -> None:
        """Carry out what the patient does, after the line's wait if that is over first."""
        due = self.session.due if self.session.waiting else None
        if due is not None and (move.text is None or self.now + move.after >= due):
            late = self.now + move.after
            self.now = due
            self.happens(TimedOut(self.session.waiting))
            self.patient.wait_over()
            if move.text is None:
                return
            self.now = max(self.now, late)
        else:
            self.now += move.after
        self.turns += 1
        if move.text is None:
            self.happens(Silence())
        else:
            asked = self.asked()
            heard = self.line.hear(self.session, move.text)
            self.note(move, asked, heard)
            self.happens(Speech(heard) if self.session.channel == "voice" else Text(heard))
        self.turns_to.setdefault(self.session.level, self.turns)
        question = (self.session.step, open_question(self.line.flow, self.session).asks)
        self.unanswered = self.unanswered + 1 if question == self.open and not self.session.done else 0
        self.longest = max(self.longest, self.unanswered)
        self.open = question

    def happens(self, event: Event) -> None:
        """The line answers ``event``; its session is written and read back, as the channels do."""
        turn = self.line.step(self.session, event, self.now)
        self.spoken.append(Spoken(self.now, event, turn))
        self.session = Session.from_json(turn.session.to_json())

    def asked(self) -> set[str]:
        """The flags that the open question asks about, and those of the same item of a list."""
        asks = set(self.spoken[-1].turn.asks) if self.spoken else set()
        step = self.line.flow.steps.get(self.session.step)
        items = step.expecting.items if isinstance(step, Ask) else ()
        return asks.union(*(item for item in items if asks.intersection(item)))

    def note(self, move: Move, asked: set[str], heard: Heard) -> None:
        """Keep what was told: in answer to a question, understood, or neither."""
        understood: Mapping[str, tuple[str, ...]] = {
            mention.flag: mention.qualifiers for mention in heard.mentions if mention.polarity == "present"
        }
        self.asked_about |= asked
        for fact in move.tells:
            flag, _, word = fact.partition(".")
            if flag in asked or (flag in understood and (not word or word in understood[flag])):
                self.told.add(fact)
            else:
                self.unheard.setdefault(fact, move.text or "")

    def outcome(self, number: int, dead_end: str, began: float) -> Outcome:
        """The figures of this conversation."""
        flow, patient, level = self.line.flow, self.patient, self.session.level
        lived = patient.truth if patient.waited else replace(patient.truth, later=())
        truth, present = amounts_to(flow, lived), patient.present
        # What is true and means more than the level reached.
        above = {fact for fact in facts(present) if self._level(fact) > level}
        unheard = {fact: text for fact, text in self.unheard.items() if fact in above - self.told}
        untold = {f for f in above - self.told - set(unheard) if f not in self.asked_about}
        reasons = {TOLD: above & self.told, UNHEARD: unheard, UNTOLD: untold, ASKED: above, OTHER: True}
        named = max(map(self._level, patient.named_first), default=Level.INFO)
        reached = [turns for got, turns in self.turns_to.items() if got >= named]
        return Outcome(
            number=number,
            channel=patient.channel,
            truth=truth,
            level=level,
            turns=self.turns,
            to_named=min(reached, default=self.turns) if named >= Level.SEE_PROVIDER else None,
            clear=patient.clear,
            mild=all(flow.worst_of([flag]) < Level.SEE_PROVIDER for flag in present),
            dead_end=dead_end,
            loop=self.longest >= _LOOP,
            missed=tuple(sorted(f for f in above & self.told if self._level(f) == Level.EMERGENCY)),
            skipped=tuple(
                sorted(f for f in untold & _askable(flow) if self._level(f) == Level.EMERGENCY)
                if level < Level.URGENT
                else ()
            ),
            why_lower=next(why for why, holds in reasons.items() if holds) if level < truth else "",
            untold=tuple(sorted(untold)),
            unheard=tuple(unheard.items()),
            seconds=process_time() - began,
        )

    def _level(self, fact: str) -> Level:
        flag, _, word = fact.partition(".")
        return self.line.flow.level_of(flag, [word])


def _askable(flow: Flow) -> set[str]:
    """The facts that some question of ``flow`` asks about."""
    asked = [step for step in flow.steps.values() if isinstance(step, Ask)]
    found = {flag for step in asked for flag in step.flags if flag not in step.adds}
    # How bad a flag is, is asked of those who told of it: of everybody only if the flag itself is asked.
    qualified = [(flag, word) for step in asked for flag, word in step.adds.items() if flag in found]
    return found.union(f"{flag}.{word}" for flag, word in qualified)
