"""What a transcript expects of a turn, compared with what came: only what differs is given."""

from collections.abc import Iterator
from dataclasses import dataclass

from flows.source import Mapping
from flows.turn import Alert, Cancel, Effect, End, Schedule, Turn


@dataclass(frozen=True)
class Difference:
    """One thing that is not as expected: ``what`` (such as ``level``), and the line that expects it."""

    what: str
    expected: str
    got: str
    line: int


def differences(expect: Mapping, turn: Turn) -> Iterator[Difference]:
    """Everything in which ``turn`` is not as ``expect`` (level, step, flags, replies ...) says."""
    session = turn.session
    said = "\n".join(reply.text for reply in turn.replies)
    for what, got in (("level", session.level.id), ("step", session.step), ("done", session.done)):
        if what in expect and expect[what] != got:
            yield Difference(what, _shown(expect[what]), _shown(got), expect.at(what))
    for flag, state in expect.get("flags", {}).items():
        got = session.flags.get(flag, "unknown")
        if got != state:
            yield Difference(f"flag {flag}", state, got, expect["flags"].at(flag))
    effects = [effect_name(effect) for effect in turn.effects]
    for what, came in (("asks", turn.asks), ("effects", effects)):
        lacking = [one for one in expect.get(what, ()) if one not in came]
        if lacking:
            yield Difference(what, ", ".join(lacking), ", ".join(came) or "nothing", expect.at(what))
    lacking = [text for text in expect.get("replies", ()) if text.lower() not in said.lower()]
    if lacking:
        yield Difference("says", "\n".join(lacking), said or "nothing", expect.at("replies"))
    unwanted = [text for text in expect.get("not", ()) if text.lower() in said.lower()]
    if unwanted:
        yield Difference("says not", "\n".join(unwanted), said, expect.at("not"))


def _shown(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value) or "none yet"


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
