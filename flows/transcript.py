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
as ``Alert emergency``). ``language: de`` is the language that was chosen; without it the words tell it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flows import shapes, source
from flows.events import Event, Silence, Speech, Started, Text, TimedOut
from flows.line import Line
from flows.session import Channel, Session
from flows.shapes import misfits
from flows.source import Finding, FlowError, Mapping
from flows.turn import Alert, Cancel, Effect, End, Schedule, Turn
from flows.wording import CHANNELS

_TRANSCRIPT = {
    "name": shapes.TEXT,
    "turns": shapes.MAPPINGS,
    "channels": shapes.TEXTS,
    "country": shapes.TEXT,
    "language": shapes.TEXT,
}
_TURN = {
    "says": shapes.ANY_TEXT, "opens": shapes.FLAG, "silent": shapes.FLAG, "waits": shapes.FLAG,
    "pictures": shapes.WHOLE, "until": shapes.TEXT, "only": shapes.TEXT, "expect": shapes.MAPPING,
}  # fmt: skip
_EXPECT = {
    "level": shapes.LEVEL, "step": shapes.TEXT, "done": shapes.FLAG, "flags": shapes.TEXT_BY_NAME,
    "asks": shapes.TEXTS, "replies": shapes.TEXTS, "not": shapes.TEXTS, "effects": shapes.TEXTS,
}  # fmt: skip
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
    language: str
    turns: tuple[Mapping, ...]


def load_transcripts(path: Path) -> list[Transcript]:
    """The transcripts in a YAML file, or in every ``*.yaml`` below a folder. Raises `FlowError`."""
    if path.is_dir():
        return [one for file in sorted(path.rglob("*.yaml")) for one in load_transcripts(file)]
    data = source.read(path)
    findings = misfits(data, {"transcripts": shapes.MAPPINGS}, frozenset({"transcripts"}))
    entries = [] if findings else data["transcripts"]
    for entry in entries:
        findings += _wrong(entry)
    if findings:
        raise FlowError(findings)
    return [
        Transcript(
            entry["name"],
            str(path),
            entry.line,
            tuple(entry.get("channels", CHANNELS)),
            entry.get("country", "US"),
            entry.get("language", ""),
            tuple(entry["turns"]),
        )
        for entry in entries
    ]


def _wrong(entry: Mapping) -> list[Finding]:
    """What is wrong with one transcript."""
    findings = misfits(entry, _TRANSCRIPT, frozenset({"name", "turns"}))
    if findings:
        return findings
    if not set(entry.get("channels", ())) <= set(CHANNELS):
        mend = f"use {' and '.join(CHANNELS)}"
        findings.append(Finding(entry.file, entry.at("channels"), "there is no such channel", mend))
    for turn in entry["turns"]:
        shape = misfits(turn, _TURN)
        findings += shape if shape or "expect" not in turn else misfits(turn["expect"], _EXPECT)
    return findings


def play(line: Line, transcript: Transcript, channel: Channel) -> tuple[list[str], list[Turn]]:
    """Run ``transcript`` on ``channel``. Gives what did not come out as expected, and every turn."""
    session = line.open(channel, transcript.country, transcript.language)
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
    return Speech(heard) if session.channel == "voice" else Text(heard, int(entry.get("pictures", 0)))


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
