"""The whole line for a channel: a loaded flow and its ears, behind four calls."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from flows import engine
from flows.countries import emergency_number
from flows.events import Event
from flows.heard import Heard
from flows.loader import read_flow
from flows.model import Ask, Flow
from flows.questions import open_question
from flows.session import Channel, Session
from flows.source import Finding, FlowError
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
    line, findings = read_line(folder)
    if line is None or findings:
        raise FlowError(findings)
    return line


def read_line(folder: Path) -> tuple[Line | None, list[Finding]]:
    """What can be read of the flow and its ears, and everything that is wrong with its files.

    With findings the line is good for further checks only; see `flows.loader.read_flow`.
    """
    flow, findings = read_flow(folder)
    ears: dict[str, Understanding] = {}
    for language in sorted(path.stem for path in (folder / "wording").glob("*.yaml")):
        try:
            ears[language] = load_understanding(folder, language)
        except FlowError as error:
            findings += error.findings
        else:
            findings += _unheard(flow, ears[language], folder, language) if flow else ()
    # What is wrong with the flags is found once for the flow and once for each language.
    heard = {language: one for language, one in ears.items() if flow and language in flow.wording}
    return (Line(flow, heard) if flow else None), list(dict.fromkeys(findings))


def _unheard(flow: Flow, ears: Understanding, folder: Path, language: str) -> Iterator[Finding]:
    """What the flow listens for and the language cannot hear, or the other way round."""
    meaning = folder / "meaning" / language
    for topic in sorted(ears.topics ^ set(flow.topics)):
        where = "flow.yaml" if topic in ears.topics else "topics.yaml"
        mend = f"add `{topic}` to the topics of {where}, or remove it from the other file"
        yield Finding(str(meaning / "topics.yaml"), 1, f"the topic `{topic}` is not in {where}", mend)
    for step in flow.steps.values():
        if not isinstance(step, Ask):
            continue
        for option in step.expecting.options:
            name = f"{step.expecting.answers}.{option}"
            if name not in ears.options:
                what = f"`{step.id}` (flow.yaml line {step.line}) has the option `{name}` without phrases"
                yield Finding(str(meaning / "answers.yaml"), 1, what, f"add phrases for `{name}`")
