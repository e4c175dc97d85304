"""Running a transcript: each turn is played, with the session written and read back between any two."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from flows.events import DaysLater, Event, Silence, Speech, Started, Text, TimedOut
from flows.expectations import Difference, differences
from flows.line import Line
from flows.model import Flow
from flows.session import Channel, Session
from flows.source import Mapping
from flows.transcript import Transcript
from flows.turn import Turn

_REPEATS = 12
_SECONDS_BETWEEN = 5.0
_SECONDS = {"second": 1, "minute": 60, "hour": 3600, "day": 24 * 3600}


@dataclass(frozen=True)
class Moment:
    """One event of a conversation: the session it met, and the turn that it brought."""

    before: Session
    event: Event
    turn: Turn


@dataclass(frozen=True)
class Failure:
    """A turn of a transcript that did not come out as expected. ``after`` is what happened in it."""

    transcript: Transcript
    channel: Channel
    language: str
    after: str
    differences: tuple[Difference, ...]

    def __str__(self) -> str:
        where = f"{self.transcript.file}:{self.differences[0].line}: {self.transcript.name}"
        wrong = "; ".join(f"{one.what}: not {one.expected!r} but {one.got!r}" for one in self.differences)
        return f"{where} [{self.channel} {self.language}] after {self.after}: {wrong}"


def language_of(flow: Flow, transcript: Transcript) -> str:
    """The language that ``transcript`` begins in: the one chosen, or the flow's own."""
    return transcript.language or flow.language


def play(line: Line, transcript: Transcript, channel: Channel) -> tuple[list[Failure], list[Moment]]:
    """Run ``transcript`` on ``channel``. Gives the turns that failed, and every moment of it.

    After a failure it goes on, so that all that differs is seen at once.
    """
    talk = _Talk(line, transcript, channel)
    failures = []
    for entry in transcript.turns:
        if entry.get("only", channel) == channel and (wrong := tuple(talk.take(entry))):
            failures.append(Failure(transcript, channel, talk.language, _happening(entry), wrong))
    return failures, talk.moments


def _happening(entry: Mapping) -> str:
    """What happens in a turn, as its transcript has it."""
    kinds = ("says", "pictures", "opens", "silent", "waits", "days_later", "passes")
    kind = next(kind for kind in kinds if kind in entry)
    return f'"{entry["says"]}"' if kind == "says" else f"{kind}: {str(entry[kind]).lower()}"


class _Talk:
    """A conversation that is going on."""

    def __init__(self, line: Line, transcript: Transcript, channel: Channel) -> None:
        self.line = line
        self.language = language_of(line.flow, transcript)
        self.fresh = line.open(channel, transcript.country, transcript.language)
        self.session = self.fresh
        self.now = 1_000_000.0
        self.moments: list[Moment] = []

    def take(self, entry: Mapping) -> Iterator[Difference]:
        """Play one turn, as often as it says. Gives what is not as expected after the last time."""
        for _ in range(_REPEATS):
            turn = self.once(entry)
            if entry.get("until", self.session.step) == self.session.step:
                break
        else:
            yield Difference("until", entry["until"], self.session.step, entry.at("until"))
        if "expect" in entry:
            yield from differences(entry["expect"], turn)

    def once(self, entry: Mapping) -> Turn:
        if "passes" in entry:
            return self.passes(entry["passes"])
        self.now += _SECONDS_BETWEEN
        if "waits" in entry:
            self.now = max(self.now, self.session.due)
        if "days_later" in entry:
            self.session = replace(self.fresh, language=self.session.language)
        return self.happens(_event(self.line, self.session, entry))

    def passes(self, lasting: str) -> Turn:
        """Nobody speaks for ``lasting`` ("3 days"): a wait may end, and a conversation expire."""
        number, unit = lasting.split()
        until = self.now + int(number) * _SECONDS[unit.removesuffix("s")]
        turn = Turn(self.session, ())
        if self.session.waiting and self.session.due <= until:
            self.now = self.session.due
            turn = self.happens(TimedOut(self.session.waiting))
        self.now = until
        if self.session.expired(self.now):
            self.session = self.fresh
            turn = Turn(self.session, turn.replies, turn.effects)
        return turn

    def happens(self, event: Event) -> Turn:
        turn = self.line.step(self.session, event, self.now)
        self.moments.append(Moment(self.session, event, turn))
        self.language = turn.language
        self.session = Session.from_json(turn.session.to_json())
        return turn


def _event(line: Line, session: Session, entry: Mapping) -> Event:
    if "opens" in entry:
        return Started()
    if "silent" in entry:
        return Silence()
    if "waits" in entry:
        return TimedOut(session.waiting)
    if "days_later" in entry:
        return DaysLater()
    heard = line.hear(session, entry.get("says", ""))
    return Speech(heard) if session.channel == "voice" else Text(heard, entry.get("pictures", 0))
