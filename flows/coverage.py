"""What the transcripts of a flow visit: steps, answers, flags and wordings, by channel and language."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from flows.events import Speech, Text
from flows.heard import Heard
from flows.levels import Level
from flows.model import Ask, Flow
from flows.playing import Moment
from flows.questions import Question, open_question
from flows.wording import CHANNELS

KINDS = ("steps", "answers", "flags", "wordings")
# Wordings that a channel has no use for: by text nobody is silent, by voice no list is shown, no STOP said.
_UNUSED = {"sms": ("silence", "quiet"), "voice": ("button.none", "pictures", "opted_")}
# Only a flow with lists that are spoken has a use for these by voice.
_OF_LISTS = ("list_end", "item.")
# What is said when the program is broken, which no conversation can bring about.
_BROKEN = "broken"


class Coverage:
    """What was visited, of what there is to visit."""

    def __init__(self, flow: Flow) -> None:
        self.flow = flow
        self._places = [(channel, language) for language in flow.wording for channel in CHANNELS]
        self._seen: dict[tuple[str, str, str], set[str]] = defaultdict(set)

    def note(self, channel: str, moments: Iterable[Moment]) -> None:
        """Count what ``moments`` of a conversation visit."""
        for moment in moments:
            visits = (
                _steps(moment), _answers(self.flow, moment), _flags(self.flow, moment),
                _wordings(self.flow, moment),
            )  # fmt: skip
            for kind, visited in zip(KINDS, visits, strict=True):
                self._seen[channel, moment.turn.language, kind].update(visited)

    def wanted(self, channel: str, language: str, kind: str) -> list[str]:
        """Everything of ``kind`` that can be visited on ``channel`` in ``language``."""
        flow = self.flow
        if kind == "steps":
            return list(flow.steps)
        if kind == "answers":
            asked = [step for step in flow.steps.values() if isinstance(step, Ask)]
            return [f"{step.id}: {answer}" for step in asked for answer in _possible(step)]
        if kind == "flags":
            states = [(flag, state) for flag in flow.flags for state in ("present", "asked", "denied")]
            return [f"{flag}: {state}" for flag, state in states if state != "asked" or _askable(flow, flag)]
        lists = any(isinstance(step, Ask) and step.at_once(channel) > 1 for step in flow.steps.values())
        unused = (*_UNUSED[channel], *(() if lists else _OF_LISTS), _BROKEN)
        return [key for key in flow.wording[language].words if not key.startswith(unused)]

    def missing(self, channel: str, language: str, kind: str) -> list[str]:
        """What of ``kind`` no conversation visited on ``channel`` in ``language``."""
        seen = self._seen[channel, language, kind]
        return [one for one in self.wanted(channel, language, kind) if one not in seen]

    def report(self, *, whole: bool) -> str:
        """A table with one line a channel and language; ``whole`` lists all that was not visited, too."""
        lines = [f"{'visited':<12}" + "".join(f"{kind:>12}" for kind in KINDS)]
        unvisited = []
        for channel, language in self._places:
            cells = []
            for kind in KINDS:
                missing = self.missing(channel, language, kind)
                there = len(self.wanted(channel, language, kind))
                cells.append(f"{there - len(missing)}/{there}")
                if missing:
                    unvisited.append(f"never on {channel} in {language}, {kind}:")
                    unvisited += [f"  {one}" for one in missing]
            lines.append(f"{f'{channel} {language}':<12}" + "".join(f"{cell:>12}" for cell in cells))
        if unvisited and not whole:
            unvisited = ["--coverage lists what was never visited."]
        return "\n".join(lines + unvisited)


def _askable(flow: Flow, flag: str) -> bool:
    """Whether a plain question about ``flag`` can come: in doubt (`flows.draft`), or as a step."""
    steps = [step for step in flow.steps.values() if isinstance(step, Ask)]
    by_step = any(flag in step.expecting.flags for step in steps)
    return by_step or flow.worst_of([flag]) >= Level.SEE_PROVIDER


def _possible(step: Ask) -> list[str]:
    """The answers of a question that lead on."""
    expecting = step.expecting
    match expecting.kind:
        case "anything":
            return ["in own words", *expecting.options]
        case "choice":
            return list(expecting.options)
        case "checklist":
            return [*(item[0] for item in expecting.items), "none"]
        case "number":
            return _ranges(step)
        case "yes_no":
            return ["yes", "no", "unsure"]


def _ranges(step: Ask) -> list[str]:
    limits = step.severe_from.values()
    ranges = [f"{side} {limit}" for limit in limits for side in ("below", "from")]
    return ranges or ["a number"]


def _steps(moment: Moment) -> Iterator[str]:
    yield moment.turn.session.step
    yield from (trace.name for trace in moment.turn.trace if trace.what == "step")


def _answers(flow: Flow, moment: Moment) -> Iterator[str]:
    before, after = moment.before, moment.turn.session
    for name, value in after.answers.items():
        step = flow.steps.get(name)
        if isinstance(step, Ask) and name not in before.answers:
            yield from (f"{name}: {answer}" for answer in _given(step, value))
    step = flow.steps.get(before.step)
    if not isinstance(step, Ask) or before.confirm or not isinstance(moment.event, Text | Speech):
        return
    heard = moment.event.heard
    if step.expecting.kind == "yes_no" and heard.yes_no:
        yield f"{step.id}: {heard.yes_no}"
    elif step.expecting.kind == "checklist":
        yield from (f"{step.id}: {answer}" for answer in _ticked(flow, step, moment, heard))


def _given(step: Ask, value: str | int) -> list[str]:
    """The names of a kept answer."""
    if isinstance(value, str):
        return ["in own words" if value == "*" else value]
    limits = step.severe_from.values()
    return [f"from {one}" if value >= one else f"below {one}" for one in limits] or ["a number"]


def _ticked(flow: Flow, step: Ask, moment: Moment, heard: Heard) -> Iterator[str]:
    """The items that this answer made present, or that there was none."""
    before, after = moment.before.flags, moment.turn.session.flags
    for item in step.expecting.items:
        if any(after.get(flag) == "present" != before.get(flag) for flag in item):
            yield item[0]
    open_before = open_question(flow, moment.before).expecting.kind in ("checklist", "yes_no")
    if open_before and (heard.ticked == () or heard.yes_no == "no"):
        yield "none"


def _flags(flow: Flow, moment: Moment) -> Iterator[str]:
    session = moment.turn.session
    for flag, state in session.flags.items():
        if state != "unsure":
            yield f"{flag}: {state}"
    shown = {reply.key for reply in moment.turn.replies}
    for key in open_question(flow, session).keys:
        if key in shown and key.startswith("ask."):
            yield f"{key.removeprefix('ask.')}: asked"


def _wordings(flow: Flow, moment: Moment) -> Iterator[str]:
    turn = moment.turn
    session = turn.session
    question = open_question(flow, session)
    yield from (reply.key for reply in turn.replies)
    if question.keys and question.keys[0] in {reply.key for reply in turn.replies}:
        yield from question.keys
        yield from _on_buttons(question, session.channel)
    said = "\n".join(reply.text for reply in turn.replies)
    wording = flow.words_in(session.language)
    for flag, state in session.flags.items():
        for key in (f"tell.{flag}", f"aid.{flag}"):
            if state == "present" and key in wording and wording.text(key, session.channel) in said:
                yield key


def _on_buttons(question: Question, channel: str) -> list[str]:
    expecting = question.expecting
    match expecting.kind:
        case "checklist" if channel == "sms":
            return ["button.none"]
        case "yes_no" | "checklist":
            return [f"button.{name}" for name in ("yes", "no", "unsure")]
        case _:
            return [f"option.{expecting.answers}.{option}" for option in expecting.options]
