"""Conversation tests written in YAML: what a person says, and what the line must answer.

    - name: Cannot feel the groin
      turns:
        - says: "back went and im numb between my legs"
          expect: {level: emergency, step: emergency, flags: {saddle_numbness: present}, replies: ["911"]}

A turn is one of ``says`` (text), ``opens: true`` (the person opens the conversation), ``silent: true``,
``waits: true`` (the wait that the line asked for is over), ``pictures: 1``. ``until: step`` repeats it
until that step is reached, so that one transcript serves the list of the SMS and the single questions
of the voice; ``only: sms`` leaves it out on the other channel. ``expect`` may name level, step, done,
asks, flags, replies (texts that some reply holds), not (texts that no reply holds) and effects (such
as ``Alert emergency``).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flows import source
from flows.events import Event, Silence, Speech, Started, TimedOut
from flows.events import Text as Texted
from flows.line import Line
from flows.session import Channel, Session
from flows.shapes import (
    ANY_TEXT,
    FLAG,
    LEVEL,
    NAME,
    NAMES,
    TEXT,
    TEXTS,
    TRUE,
    WHOLE,
    Either,
    Entries,
    Listing,
    Shape,
    Text,
    by_name,
    entries,
    sifted,
)
from flows.source import Finding, FlowError, Mapping
from flows.turn import Alert, Cancel, Effect, End, Schedule, Turn
from flows.wording import CHANNELS

_ON = Text(means=f"a channel ({', '.join(CHANNELS)})", like=CHANNELS[0], words=CHANNELS)
_STATE = Text(
    means="what is known of a flag", like="present", words=("present", "denied", "unsure", "unknown")
)
_EXPECT = entries(
    {
        "level": LEVEL.about("How urgent the conversation is by now."),
        "step": NAME.about("The step it has come to."),
        "done": FLAG.about("Whether the disposition was given."),
        "flags": by_name(_STATE, "{radiating: present}").about("What is known of these flags."),
        "asks": NAMES.about("Flags that the open question asks about."),
        "replies": TEXTS.about("Texts that stand in some reply."),
        "not": TEXTS.about("Texts that stand in no reply."),
        "effects": TEXTS.about("Such as `Alert urgent`, `Schedule pause 180`, `Cancel pause`, `End modify`."),
    },
    optional=frozenset({"level", "step", "done", "flags", "asks", "replies", "not", "effects"}),
    like="{level: urgent}",
).about("What must be so after this turn; after the last time, where it is repeated.")
_PICTURES = WHOLE.about("How many pictures come with the message.")


def _turn(kind: str, known: dict[str, Shape]) -> Entries:
    always: dict[str, Shape] = {
        "until": NAME.about("Repeat this turn until that step is reached."),
        "only": _ON.about("Leave this turn out on the other channel."),
        "expect": _EXPECT,
    }
    optional = frozenset({*always, *known} - {kind})
    return entries(known | always, optional=optional, marks=(kind,))


_TURN = Either(
    means="a turn",
    like='{says: "my back hurts"}',
    kinds=(
        _turn("says", {"says": ANY_TEXT.about("What the person says or writes."), "pictures": _PICTURES}),
        _turn("pictures", {"pictures": _PICTURES}),
        _turn("opens", {"opens": TRUE.about("The person opens the conversation and says nothing yet.")}),
        _turn("silent", {"silent": TRUE.about("The kiosk listened and nobody spoke.")}),
        _turn("waits", {"waits": TRUE.about("The wait that the line asked for is over.")}),
    ),
    wrong="has a turn in which nothing happens",
    mend="begin it with says:, pictures:, opens:, silent: or waits:",
)
_TRANSCRIPT = entries(
    {
        "name": TEXT.about("What it shows, in words."),
        "channels": Listing(means="a list of channels", like="[sms]", each=_ON).about(
            "The channels it is run on; both unless said."
        ),
        "country": Text(means="a country's two letters", like="GB", pattern="^[A-Z]{2}$").about(
            "The person's country (ISO 3166); US unless said."
        ),
        "turns": Listing(means="a list of turns", like='[{says: "my back hurts"}]', each=_TURN).about(
            "What happens, one after the other."
        ),
    },
    optional=frozenset({"channels", "country"}),
)
TRANSCRIPTS_FILE = entries(
    {
        "transcripts": Listing(
            means="a list of transcripts", like='[{name: "...", turns: [...]}]', each=_TRANSCRIPT
        ).about("Conversations that must come out right.")
    }
).about("Conversation tests: what a person says, and what the line must answer.")
_REPEATS = 12
_SECONDS_BETWEEN = 5.0


@dataclass(frozen=True)
class Transcript:
    """One conversation and what is expected of it. ``channels`` are those it is run on."""

    name: str
    file: str
    line: int
    channels: tuple[Channel, ...]
    country: str
    turns: tuple[Mapping, ...]


def load_transcripts(path: Path) -> list[Transcript]:
    """The transcripts in a YAML file, or in every ``*.yaml`` of a folder. Raises `FlowError`."""
    findings: list[Finding] = []
    files = sorted(path.glob("*.yaml")) if path.is_dir() else [path]
    transcripts = [one for file in files for one in _transcripts(file, findings)]
    if findings:
        raise FlowError(findings)
    return transcripts


def _transcripts(file: Path, findings: list[Finding]) -> Iterator[Transcript]:
    """The transcripts in one file. They can be used only if nothing was noted."""
    data = source.gather(file, findings)
    if data is None:
        return
    for entry in sifted(data, TRANSCRIPTS_FILE, findings).get("transcripts", ()):
        yield Transcript(
            entry.get("name", ""),
            str(file),
            entry.line,
            tuple(entry.get("channels", CHANNELS)),
            entry.get("country", "US"),
            tuple(entry.get("turns", ())),
        )


def play(line: Line, transcript: Transcript, channel: Channel) -> tuple[list[str], list[Turn]]:
    """Run ``transcript`` on ``channel``. Gives what did not come out as expected, and every turn."""
    session = line.open(channel, transcript.country)
    now = 1_000_000.0
    failures: list[str] = []
    played: list[Turn] = []
    for entry in transcript.turns:
        if entry.get("only", channel) != channel:
            continue
        for _ in range(_REPEATS):
            now += max(_SECONDS_BETWEEN, session.due - now if "waits" in entry else 0.0)
            turn = line.step(session, _event(line, session, entry), now)
            played.append(turn)
            session = Session.from_json(turn.session.to_json())
            if entry.get("until", session.step) == session.step:
                break
        else:
            failures.append(f"{_place(transcript, entry)}: never came to step {entry['until']}")
        for what in _unmet(entry.get("expect") or {}, turn):
            failures.append(f"{_place(transcript, entry)} [{channel}]: {what}")
    return failures, played


def _place(transcript: Transcript, entry: Mapping) -> str:
    return f"{transcript.file}:{entry.line}: {transcript.name}"


def _event(line: Line, session: Session, entry: Mapping) -> Event:
    if "opens" in entry:
        return Started()
    if "silent" in entry:
        return Silence()
    if "waits" in entry:
        return TimedOut(session.waiting)
    heard = line.hear(session, str(entry.get("says", "")))
    return Speech(heard) if session.channel == "voice" else Texted(heard, int(entry.get("pictures", 0)))


def _unmet(expect: dict[str, Any], turn: Turn) -> Iterator[str]:
    session = turn.session
    said = "\n".join(reply.text for reply in turn.replies)
    found = {"level": session.level.id, "step": session.step, "done": session.done}
    for key, value in found.items():
        if key in expect and expect[key] != value:
            yield f"{key} is {value}, not {expect[key]}; said: {said}"
    for flag, state in (expect.get("flags") or {}).items():
        if session.flags.get(flag, "unknown") != state:
            yield f"flag {flag} is {session.flags.get(flag, 'unknown')}, not {state}"
    for flag in expect.get("asks") or []:
        if flag not in turn.asks:
            yield f"does not ask about {flag}; asks {', '.join(turn.asks) or 'nothing'}: {said}"
    for text in expect.get("replies") or []:
        if text.lower() not in said.lower():
            yield f"does not say `{text}`; said: {said}"
    for text in expect.get("not") or []:
        if text.lower() in said.lower():
            yield f"says `{text}`: {said}"
    effects = [effect_name(effect) for effect in turn.effects]
    for effect in expect.get("effects") or []:
        if effect not in effects:
            yield f"no effect `{effect}`; effects: {', '.join(effects) or 'none'}"


def effect_name(effect: Effect) -> str:
    """An effect in words: ``Alert urgent``, ``Schedule pause 180``, ``Cancel pause``, ``End modify``."""
    match effect:
        case Alert(level, _):
            return f"Alert {level.id}"
        case Schedule(kind, after):
            return f"Schedule {kind} {after:g}"
        case Cancel(kind):
            return f"Cancel {kind}"
        case End(level):
            return f"End {level.id}"
