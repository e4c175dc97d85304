"""Names in a flow: reserved ones, and those that stand twice."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from flows import source
from flows.checks.situation import IN_PASSING
from flows.levels import Level
from flows.line import Line
from flows.model import Ask
from flows.needed_words import ENGINE_WORDS
from flows.source import Finding
from flows.wording import CHANNELS

# What people can say at any point (`flows.heard.Heard.command`), without the dotted ones for a language.
COMMANDS = frozenset({
    "help", "repeat", "back", "restart", "staff", "stop", "start", "thanks", "greeting", "slower", "louder",
    "faster", "quieter", "remind",
})  # fmt: skip
# The first words of the wordings that are about something else than a step.
_WORDINGS = {"ask", "item", "option", "topic", "tell", "aid"} | {key.split(".")[0] for key in ENGINE_WORDS}
_AFTER_END = "after_end"
_PLAIN = re.compile(r"[a-z][a-z0-9_]*")


def reserved(line: Line, folder: Path) -> Iterator[Finding]:
    """Names that mean something else already."""
    flow = line.flow
    of_steps = _WORDINGS | {_AFTER_END, IN_PASSING, *CHANNELS}
    of_answers = {*COMMANDS, *CHANNELS}
    for step in flow.steps.values():
        yield from _misnamed("step", step.id, step.file, step.line, of_steps)
        if isinstance(step, Ask):
            for name in (step.expecting.answers, *step.expecting.options):
                yield from _misnamed(f"answer of `{step.id}`", name, step.file, step.line, of_answers)
    file = folder / "flow.yaml"
    for topic in flow.topics:
        yield from _misnamed("topic", topic, str(file), source.read(file).at("topics"), of_answers)
    of_flags = {*CHANNELS, *(level.id for level in Level)}
    for flag in flow.flags.values():
        yield from _misnamed("flag", flag.id, str(folder / "flags.yaml"), flag.line, of_flags)


def _misnamed(kind: str, name: str, file: str, at: int, taken: Iterable[str]) -> Iterator[Finding]:
    if not name:
        return
    if name in taken:
        what = f"the {kind} is called `{name}`, which is a name of the line's own"
        why = "It would be taken for something else: a command, a level, a channel or a wording."
    elif not _PLAIN.fullmatch(name):
        what = f"the {kind} is called `{name}`, which is no plain name"
        why = "Names stand in wording files and kept conversations, where other signs mean something."
    else:
        return
    yield Finding(file, at, what, "use another name: small letters, figures and _", why)


def twice(line: Line, folder: Path) -> Iterator[Finding]:
    """The same name twice in a list."""
    flow, file = line.flow, str(folder / "flow.yaml")
    data = source.read(folder / "flow.yaml")
    lists: list[tuple[str, tuple[str, ...], str, int]] = [
        ("`topics`", flow.topics, file, data.at("topics")),
        ("`must_ask`", flow.must_ask, file, data.at("must_ask")),
    ]
    for step in flow.steps.values():
        if isinstance(step, Ask):
            items = tuple(flag for item in step.expecting.items for flag in item)
            lists.append((f"the options of `{step.id}`", step.expecting.options, step.file, step.line))
            lists.append((f"the items of `{step.id}`", items, step.file, step.line))
    for shown, found, where, at in lists:
        for name in sorted({name for name in found if found.count(name) > 1}):
            yield Finding(
                where,
                at,
                f"`{name}` stands twice in {shown}",
                "remove or rename one of the two",
                "People would be offered the same thing twice, or never get to the second.",
            )
