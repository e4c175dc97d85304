"""The screening: nobody gets an advice below emergency before everything of `must_ask` was asked or told.

Three ways to an end may leave it out, and only where the end says so (``without_screening``):

- ``nothing_hurts``: safe, because only somebody who told of no symptom and answers the first question, one
  for a description, with one of its options can come there, and the end gives no advice: its level is
  `info`.
- ``answers_unclear``: safe, because only somebody whose answers stayed unclear comes there, and is sent to
  be seen in person, today: its level is `urgent` or above, which also tells the staff.
- ``checked_in``: safe, because only somebody can come there who was screened some days ago, is asked how it
  is now, tells of no symptom, and answers that question with nothing that means "check again" (`reopen`);
  and the end gives no advice: its level is `info`.

Each must name the emergency number.
"""

from collections.abc import Iterator
from pathlib import Path

from flows.checks.moves import Moves
from flows.checks.paths import follow, way_to
from flows.checks.situation import Situation
from flows.levels import Level
from flows.line import Line
from flows.model import Ask, End, Flow
from flows.source import Finding
from flows.wording import CHANNELS

NOTHING_HURTS = "nothing_hurts"
ANSWERS_UNCLEAR = "answers_unclear"
CHECKED_IN = "checked_in"
# The most answers that somebody may have to give before a question of the screening is put to them:
# people in pain give up, and by voice a list is asked one by one.
MOST_ANSWERS = {"sms": 5, "voice": 8}
_WHY = "Somebody with a dangerous cause could be sent home without having been asked about it."


def unasked(line: Line, folder: Path) -> Iterator[Finding]:
    """Ends that somebody can come to who was not asked everything of ``must_ask``."""
    flow = line.flow
    if not flow.flags:
        return
    if not flow.must_ask:
        mend = "add `must_ask:` with the flags that must be asked about"
        yield Finding(str(folder / "flow.yaml"), 1, "no screening is named", mend, _WHY)
        return
    before = follow(flow)
    for end in flow.steps.values():
        if not isinstance(end, End):
            continue
        arriving = [situation for situation in before if situation.step == end.id]
        if end.without_screening:
            yield from _unsafe(line, end, arriving, before)
            continue
        skipped = {at: _open(flow, at, end) for at in arriving}
        flags = [flag for flag in flow.must_ask if any(flag in found for found in skipped.values())]
        if flags:
            example = way_to(next(at for at in arriving if flags[0] in skipped[at]), before)
            yield Finding(
                end.file,
                end.line,
                f"`{end.id}` can be reached without a question about {_listed(flags)}, such as by {example}",
                "ask it on that way before the end, for example by leading it to the screening",
                _WHY,
            )


def late(line: Line, folder: Path) -> Iterator[Finding]:
    """Questions of the screening that are put to people only after too many others."""
    for channel, most in MOST_ANSWERS.items():
        asked = _answers_before(line.flow, channel, most)
        for step in line.flow.steps.values():
            flags = [flag for flag in line.flow.must_ask if asked.get((step.id, flag), 0) > most]
            if flags:
                yield Finding(
                    step.file,
                    step.line,
                    f"`{step.id}` asks about {_listed(flags)} after more than {most} answers ({channel})",
                    "ask it earlier, or ask less before it",
                    "Somebody in danger may have given up by then.",
                )


def _open(flow: Flow, at: Situation, end: End) -> set[str]:
    """What of ``must_ask`` may not have been asked although it could make the advice more urgent."""
    level = max(at.level, end.level)
    known = [flag for flag in flow.must_ask if flag in flow.flags]
    return {flag for flag in known if at.open(flag) and flow.worst_of([flag]) > level}


def _unsafe(
    line: Line, end: End, arriving: list[Situation], before: dict[Situation, Situation | None]
) -> Iterator[Finding]:
    """Why an end that is reached without screening is not safe, whatever it says of itself."""
    claim = f"`{end.id}` says `without_screening: {end.without_screening}`, but"
    if end.without_screening == ANSWERS_UNCLEAR:
        fitting = end.level >= Level.URGENT
        level = "`end: urgent` or `end: emergency`"
    else:
        fitting = end.level == Level.INFO
        level = "`end: info`"
    if not fitting:
        what = f"{claim} its level is `{end.level.id}`"
        yield Finding(end.file, end.line, what, f"make it {level}, or remove `without_screening`", _WHY)
    by = "unclear" if end.without_screening == ANSWERS_UNCLEAR else end.without_screening
    others = [one for one in arriving if one.by != by and _open(line.flow, one, end)]
    if others:
        what = f"{claim} people also come there by {way_to(others[0], before)}"
        yield Finding(end.file, end.line, what, "lead that way to an end of its own", _WHY)
    for wording in line.flow.wording.values():
        for channel in CHANNELS:
            if end.id in wording and "{emergency}" not in wording.words[end.id].on(channel):
                what = f"`{end.id}` is reached without screening and names no emergency number ({channel})"
                mend = "say which signs mean: call {emergency}"
                yield Finding(wording.file, wording.words[end.id].line, what, mend, _WHY)


def _answers_before(flow: Flow, channel: str, most: int) -> dict[tuple[str, str], int]:
    """For each step and flag that it asks about first: the most answers given before that question.

    Counted for people who answer what they are asked, up to one more than ``most``.
    """
    moves = Moves(flow)
    given: dict[tuple[Situation, frozenset[str]], int] = {
        (Situation(start), frozenset()): 0 for start in flow.starts
    }
    most_given: dict[tuple[str, str], int] = {}
    waiting = [*given]
    while waiting:
        at, asked = waiting.pop()
        count = given[at, asked]
        step = flow.steps.get(at.step)
        questions = moves.questions(step, at) if isinstance(step, Ask) else []
        if channel == "sms" and questions:
            questions = [tuple(flag for question in questions for flag in question)]
        for place, flags in enumerate(questions):
            for flag in set(flags) - asked:
                key = (at.step, flag)
                most_given[key] = max(most_given.get(key, 0), min(count + place, most + 1))
        asked = asked.union(*questions)
        count = min(count + len(questions), most + 1)
        for after in moves.onward(at):
            if count > given.get((after, asked), -1):
                given[after, asked] = count
                waiting.append((after, asked))
    return most_given


def _listed(flags: list[str]) -> str:
    return ", ".join(f"`{flag}`" for flag in flags)
