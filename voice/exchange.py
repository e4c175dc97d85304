"""What goes between a kiosk and its conversation: what was said there, and what is answered."""

from dataclasses import asdict, dataclass
from typing import Any, Literal

from flows.levels import Level
from flows.model import Flow
from flows.session import Session
from flows.turn import Button

# How far asking for a visitor's number has come.
Stage = Literal["asking", "confirming", "closed"]


@dataclass(frozen=True)
class Said:
    """What came from the kiosk: words spoken or typed (``text``), or that something happened there."""

    kind: Literal["speech", "text", "started", "silence", "timed_out"]
    text: str = ""


@dataclass(frozen=True)
class Aside:
    """That the answer is about the visitor's number, which is nobody else's business.

    The number is asked for (``asking``), waits for a yes (``confirming``), or it is over (``closed``).
    ``draft`` are digits to be put right by typing.
    """

    stage: Stage
    draft: str = ""


@dataclass(frozen=True)
class Progress:
    """How far the screening is: of ``of`` signs that everybody is asked about, ``settled`` are known."""

    settled: int
    of: int

    @classmethod
    def at(cls, flow: Flow, session: Session) -> "Progress | None":
        """Where ``session`` stands. Whoever was given an advice needs to be asked no more."""
        wanted = flow.must_ask
        settled = len(wanted) if session.done else sum(flag in session.flags for flag in wanted)
        return cls(settled, len(wanted)) if wanted else None


@dataclass(frozen=True)
class Answer:
    """What goes back to the kiosk.

    ``conversation`` is the id to send next time, ``None`` when none could be begun. ``ask_again_in`` is
    when, in seconds, the kiosk is to send ``timed_out``; ``None`` when nothing is waited for. ``language``
    is the code of the one that is spoken. ``anything`` says that people may tell what they like, such as
    where it hurts; ``progress`` is ``None`` where nothing is screened for. ``held``: somebody of the staff
    answers, and nothing is asked; ``beside``: these words stand beside the advice, which still holds.
    """

    conversation: str | None
    replies: tuple[str, ...]
    step: str = ""
    asks: tuple[str, ...] = ()
    level: Level = Level.INFO
    done: bool = False
    buttons: tuple[Button, ...] = ()
    ask_again_in: float | None = None
    language: str = ""
    aside: Aside | None = None
    anything: bool = False
    progress: Progress | None = None
    held: bool = False
    beside: bool = False


def fields_of(answer: Answer, emergency_number: str) -> dict[str, Any]:
    """``answer`` as it goes to a kiosk, with the number to call."""
    return {
        "conversation": answer.conversation,
        "replies": list(answer.replies),
        "step": answer.step,
        "asks": list(answer.asks),
        "level": answer.level.id,
        "done": answer.done,
        "buttons": [{"label": one.label, "say": one.say} for one in answer.buttons],
        "ask_again_in": answer.ask_again_in,
        "aside": asdict(answer.aside) if answer.aside else None,
        "anything": answer.anything,
        "progress": asdict(answer.progress) if answer.progress else None,
        "held": answer.held,
        "language": answer.language,
        "emergency_number": emergency_number,
    }
