"""The whole line for a channel: a loaded flow and its ears, behind four calls."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from weakref import WeakValueDictionary

from flows import engine
from flows.content import content_of, digest, files_under, languages_of
from flows.countries import emergency_number
from flows.draft import Draft
from flows.events import Event
from flows.heard import ANYTHING, Expecting, Heard
from flows.languages import COMMAND, language_of
from flows.loader import read_flow
from flows.model import Ask, Flow
from flows.questions import open_question, unasked
from flows.session import Channel, Session
from flows.source import Finding, FlowError
from flows.turn import Turn
from flows.understanding import Understanding, load_understanding

BACK_PAIN = Path(__file__).with_name("back_pain")


@dataclass(frozen=True)
class Line:
    """One flow ready to be talked to. Safe to share between threads: nothing in it changes.

    ``content`` is the hash of everything that decides it (`flows.content`).
    """

    flow: Flow
    ears: Mapping[str, Understanding]
    content: str = ""

    @property
    def version(self) -> str:
        """The name that sessions are pinned to: the flow's version and the start of its content's hash."""
        return f"{self.flow.version}-{self.content[:8]}"

    def open(self, channel: Channel, country: str, language: str = "") -> Session:
        """A fresh session, before anything was said. ``country`` is an ISO 3166 code.

        ``language`` is the one that was chosen; without one that the flow has, the first words tell it.
        """
        language = language if language in self.flow.wording else ""
        return Session(self.flow.id, self.version, channel, language, country)

    def hear(self, session: Session, text: str, expecting: Expecting | None = None) -> Heard:
        """What ``text`` means as an answer to the open question of ``session``, or to what is ``expecting``.

        It is heard in the language of the conversation. As long as none was chosen, and when it is foreign
        to that one, it is heard in the language that it tells.
        """
        if expecting is None:
            question = open_question(self.flow, session)
            expecting = ANYTHING if unasked(self.flow, session) else question.expecting
        told = "" if session.language else language_of(self.ears, text)
        heard = self._ear(told or session.language).understand(text, expecting)
        if heard.foreign and not told and (told := language_of(self.ears, text)):
            heard = self._ear(told).understand(text, expecting)
        asked = (heard.command or "").removeprefix(COMMAND)
        return replace(heard, language=asked if asked in self.flow.wording else told)

    def _ear(self, language: str) -> Understanding:
        return self.ears.get(language) or self.ears[self.flow.language]

    def step(self, session: Session, event: Event, now: float) -> Turn:
        """What happens when ``event`` comes at ``now`` (seconds since 1970)."""
        return engine.step(self.flow, session, event, now)

    def advice(self, session: Session, channel: Channel) -> str:
        """The disposition that ``session`` came to, in its language, as it is worded for ``channel``."""
        return Draft(self.flow, replace(session, channel=channel), session.last_at).words(session.step)

    def safety_words(self, channel: Channel, country: str, language: str = "") -> str:
        """What to say when a part is broken: what to do and whom to call."""
        wording = self.flow.words_in(language)
        values = {"emergency": emergency_number(country, wording.language)}
        return wording.text("broken", channel, values)


def load_line(folder: Path = BACK_PAIN, *, second_ears: bool = True) -> Line:
    """The flow in ``folder`` with its ears. Raises `flows.source.FlowError` with every finding.

    Without ``second_ears`` only the rules listen, which is many times as fast.
    """
    line, findings = read_line(folder, second_ears=second_ears)
    if line is None or findings:
        raise FlowError(findings)
    return line


def read_line(folder: Path, *, second_ears: bool = True) -> tuple[Line | None, list[Finding]]:
    """What can be read of the flow and its ears, and everything that is wrong with its files.

    With findings the line is good for further checks only; see `flows.loader.read_flow`.
    """
    flow, findings = read_flow(folder)
    ears: dict[str, Understanding] = {}
    for language in sorted(path.stem for path in (folder / "wording").glob("*.yaml")):
        try:
            ears[language] = _ears(folder, language, second_ears)
        except FlowError as error:
            findings += error.findings
        else:
            findings += _unheard(flow, ears[language], folder, language) if flow else ()
    # What is wrong with the flags is found once for the flow and once for each language.
    heard = {language: one for language, one in ears.items() if flow and language in flow.wording}
    line = Line(flow, heard, digest(content_of(folder))) if flow else None
    if flow:
        findings += _unnamed(flow, heard, languages_of(folder))
    return line, list(dict.fromkeys(findings))


# Versions mostly differ in a few words; what they understand is most of their memory and is shared.
_SHARED: WeakValueDictionary[tuple[str, bool], Understanding] = WeakValueDictionary()


def _ears(folder: Path, language: str, second_ears: bool) -> Understanding:
    """What the flow in ``folder`` understands, shared with every flow that understands the same."""
    files = files_under(folder / "flags.yaml", "flags.yaml")
    files |= files_under(folder / "meaning" / language, language)
    files |= files_under(languages_of(folder), "language")
    same = digest(files), second_ears
    ears = _SHARED.get(same)
    if ears is None:
        # The rules are most of the loading, and those beside the second ears are the same ones.
        both = None if second_ears else _SHARED.get((same[0], True))
        alone = both.rules_alone() if both else None
        ears = _SHARED[same] = alone or load_understanding(folder, language, second_ears=second_ears)
    return ears


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


def _unnamed(flow: Flow, ears: Mapping[str, Understanding], languages: Path) -> Iterator[Finding]:
    """Languages of the flow that cannot be asked for in another one, by their name above all."""
    for language, ear in ears.items():
        for code, name in flow.language_names.items():
            command = f"{COMMAND}{code}"
            if ear.understand(name).command != command:
                what = f"`{name}` does not ask for the language {code}"
                mend = f"add `{name.lower()}` to `{command}`"
                yield Finding(str(languages / language / "commands.yaml"), 1, what, mend)
