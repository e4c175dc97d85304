"""The phone simulator: the real conversation, from the first word on, which nobody is told of.

Nothing is kept: what was said so far comes with each request and is said again to a conversation that only
lives until it is answered. The engine is pure, so it comes out the same every time.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from desk.transcript import Line as Said
from desk.transcript import Part, marked
from flows.events import Text
from flows.levels import Level
from flows.line import Line
from flows.turn import Alert

# As many texts, and as long each: a try, not a load.
MOST_TEXTS, LONGEST_TEXT = 40, 500


@dataclass(frozen=True)
class Tried:
    """What was ``said`` so far, where it stands, and why staff would have been paged (``alerts``)."""

    said: tuple[Said, ...]
    level: Level
    step: str
    done: bool
    alerts: tuple[Alert, ...]


def tried(line: Line, texts: Sequence[str], country: str, now: float) -> Tried:
    """The conversation of somebody who texts ``texts``, as it would be with a phone."""
    session = line.open("sms", country)
    said: list[Said] = []
    alerts: list[Alert] = []
    for text in [one[:LONGEST_TEXT] for one in texts][:MOST_TEXTS]:
        turn = line.step(session, Text(line.hear(session, text)), now)
        session = turn.session
        said.append(Said(now, "person", marked(text, turn.trace)))
        said += [Said(now, "spotter", (Part(reply.text),)) for reply in turn.replies]
        alerts += [effect for effect in turn.effects if isinstance(effect, Alert)]
    return Tried(tuple(said), session.level, session.step, session.done, tuple(alerts))
