"""Removed questions that people may still be at: each needs to say where they go on."""

import os
from collections.abc import Iterator
from pathlib import Path

from flows.line import Line
from flows.loader import load_flow
from flows.model import Ask
from flows.published import Published
from flows.source import Finding, FlowError, read
from settings import Settings

_WHY = "Whoever is being asked it when the version goes away starts again at the screening."


def removed(line: Line, folder: Path) -> Iterator[Finding]:
    """A finding for each question of a kept version that ``line`` has no more and no `moved` entry for."""
    data_dir = {"SPOTTER_DATA_DIR": os.environ.get("SPOTTER_DATA_DIR", "")}
    copies = Published(Settings.from_environment(data_dir).versions_of(folder))
    flow, gone = line.flow, dict[str, str]()
    for name in copies.names():
        for step in _asked(copies.folder / name):
            if step not in flow.steps and step not in flow.moved:
                gone.setdefault(step, name)
    file = folder / "flow.yaml"
    for step, name in gone.items():
        what = f"the question `{step}` of version {name} is gone"
        mend = f"add `moved: {{{step}: <the step that takes its place>}}`"
        mend += f", or remove {copies.folder / name} when nobody is in it any more"
        yield Finding(str(file), read(file).at("steps"), what, mend, _WHY)


def _asked(copy: Path) -> list[str]:
    """The questions of a kept version; none when this software cannot read it, and so serves it to nobody."""
    try:
        steps = load_flow(copy).steps.values()
    except FlowError:
        return []
    return [step.id for step in steps if isinstance(step, Ask)]
