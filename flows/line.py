"""The whole line for a channel: a loaded flow and its ears, behind four calls."""

from dataclasses import dataclass
from pathlib import Path

from flows import engine
from flows.countries import emergency_number
from flows.events import Event
from flows.heard import Heard
from flows.loader import load_flow
from flows.model import Flow
from flows.questions import open_question
from flows.session import Channel, Session
from flows.turn import Turn
from flows.understanding import Understanding, load_understanding

BACK_PAIN = Path(__file__).with_name("back_pain")


@dataclass(frozen=True)
class Line:
    """One flow ready to be talked to. Safe to share between threads: nothing in it changes."""

    flow: Flow
    ears: dict[str, Understanding]

    def open(self, channel: Channel, country: str, language: str = "en") -> Session:
        """A fresh session, before anything was said. ``country`` is an ISO 3166 code."""
        return Session(self.flow.id, self.flow.version, channel, language, country)

    def hear(self, session: Session, text: str) -> Heard:
        """What ``text`` means as an answer to the open question of ``session``."""
        expecting = open_question(self.flow, session).expecting
        return self.ears[session.language].understand(text, expecting)

    def step(self, session: Session, event: Event, now: float) -> Turn:
        """What happens when ``event`` comes at ``now`` (seconds since 1970)."""
        return engine.step(self.flow, session, event, now)

    def safety_words(self, channel: Channel, country: str, language: str = "en") -> str:
        """What to say when a part is broken: what to do and whom to call."""
        values = {"emergency": emergency_number(country)}
        return self.flow.wording[language].text("broken", channel, values)


def load_line(folder: Path = BACK_PAIN) -> Line:
    """The flow in ``folder`` with its ears. Raises `flows.source.FlowError` with every finding."""
    flow = load_flow(folder)
    return Line(flow, {language: load_understanding(folder, language) for language in flow.wording})
