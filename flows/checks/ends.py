"""The ends of a flow: each must give the advice of the level that it stands for."""

from collections.abc import Iterator
from pathlib import Path

from flows import source
from flows.levels import Level
from flows.line import Line
from flows.model import End, Flow
from flows.source import Finding


def of_another_level(line: Line, folder: Path) -> Iterator[Finding]:
    """Ends named in ``ends`` for a level, or for a flag, whose advice is that of another level."""
    named = source.read(folder / "flow.yaml")["ends"]
    for key, name in line.flow.ends.items():
        end, level = line.flow.steps.get(name), _level_of(line.flow, key)
        if level is None or not isinstance(end, End) or end.level == level:
            continue
        if level == Level.EMERGENCY:
            why = "Somebody in an emergency would be left with the advice of a lower level."
        elif end.level < level:
            why = "Somebody would get an advice that is less urgent than what they told."
        else:
            why = "Somebody would get an advice that is more urgent than what they told."
        yield Finding(
            str(folder / "flow.yaml"),
            named.at(key),
            f"`{key}` stands for `{level.id}`, but its end `{name}` gives the advice of `{end.level.id}`",
            f"name an end step with `end: {level.id}`",
            why,
        )


def _level_of(flow: Flow, key: str) -> Level | None:
    """The level that an entry of ``ends`` stands for; ``None`` when its name is unknown.

    A flag's own end is given once the flag is an emergency, however it became one.
    """
    if key in flow.flags:
        return flow.worst_of([key])
    return next((level for level in Level if level.id == key), None)
