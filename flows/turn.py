"""What the engine gives back for one event: the new session, what to say, what to do, and why."""

from dataclasses import dataclass, field, replace

from flows.levels import Level
from flows.session import Session


@dataclass(frozen=True)
class Alert:
    """Staff must be told: at once when ``level`` is urgent or emergency."""

    level: Level
    flags: tuple[str, ...]


@dataclass(frozen=True)
class Schedule:
    """Bring a ``TimedOut(kind)`` event after ``after`` seconds, replacing a waiting one of this kind."""

    kind: str
    after: float


@dataclass(frozen=True)
class Cancel:
    """Forget what was scheduled under ``kind``; ``"*"`` forgets everything of this conversation."""

    kind: str


@dataclass(frozen=True)
class End:
    """The conversation reached its disposition."""

    level: Level


Effect = Alert | Schedule | Cancel | End


@dataclass(frozen=True)
class Reply:
    """One message to the person, worded for the session's channel, with every name filled in.

    ``key`` is its place in the wording file.
    """

    text: str
    key: str


@dataclass(frozen=True)
class Button:
    """An expected answer that can be tapped: ``say`` is what is heard when ``label`` is touched."""

    label: str
    say: str


@dataclass(frozen=True)
class Trace:
    """One reason for a decision: what was visited or matched.

    ``what`` is one of event, flag, answer, command, topic, language, step, fallback, limit, staff. ``start``
    and ``end`` give the place in the person's text, or -1.
    """

    what: str
    name: str
    rule: str = ""
    phrase: str = ""
    start: int = -1
    end: int = -1


@dataclass(frozen=True)
class Turn:
    """The outcome of one event.

    ``asks`` are the flag ids that the open question asks about, ``language`` is the one that is spoken.
    """

    session: Session
    replies: tuple[Reply, ...]
    effects: tuple[Effect, ...] = ()
    trace: tuple[Trace, ...] = ()
    asks: tuple[str, ...] = ()
    buttons: tuple[Button, ...] = field(default=())
    language: str = ""

    def unsaid(self) -> "Turn":
        """This turn without its replies. Its question was never put, so nothing may be taken as an answer."""
        session = self.session
        if self.replies and not (session.done or session.opted_out):
            session = replace(session, lost=True, asked="", waiting="", due=0.0)
        return replace(self, session=session, replies=())
