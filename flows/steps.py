"""The steps of a flow as they are written, in ``flow.yaml`` and in the files that it includes."""

from pathlib import Path
from typing import Any

from flows import source
from flows.entries import STEP, STEPS_FILE
from flows.shapes import Place, sifted
from flows.source import Finding, Mapping


class Steps:
    """Every step there is, by name.

    - ``written``: as it stands in the file; ``right``: what is well-shaped of it.
    - ``whole``: the names of those that are well-shaped altogether.
    - ``complete``: whether every step is known by name, because every file could be read.
    """

    def __init__(self, data: Mapping, right: Mapping, folder: Path, findings: list[Finding]) -> None:
        """``data`` is ``flow.yaml`` as written, ``right`` what is right of it; ``folder`` holds the rest."""
        self.findings = findings
        self.written: dict[str, Any] = {}
        self.right: dict[str, Mapping] = {}
        self.whole: set[str] = set()
        self.complete = True
        self._add(data, right)
        for name in right.get("include", ()):
            further = source.gather(folder / name, findings)
            if further is None:
                self.complete = False
            else:
                self._add(further, sifted(further, STEPS_FILE, findings))

    def _add(self, data: Mapping, right: Mapping) -> None:
        steps = data.get("steps")
        if not isinstance(steps, Mapping):
            self.complete = False
            return
        for name, entry in steps.items():
            if name in self.written:
                what, mend = f"the step `{name}` stands in another file as well", "rename one of the two"
                self.findings.append(Finding(data.file, steps.at(name), what, mend))
                continue
            self.written[name] = entry
            if name in right.get("steps", ()):
                step = self.right[name] = right["steps"][name]
                step.line = steps.at(name)
                wrong: list[Finding] = []
                STEP.sift(entry, Place(data.file, step.line, name), wrong)
                if not wrong:
                    self.whole.add(name)

    def target(self, at: Mapping, key: str) -> str:
        """The step named at ``key``, noted if there is none; empty when the entry itself is missing."""
        name = str(at.get(key, ""))
        if name and self.complete and name not in self.written:
            what, mend = f"there is no step `{name}`", "name one of the steps, or add this one"
            self.findings.append(Finding(at.file, at.at(key), what, mend))
        return name

    def asked(self, at: Mapping, key: str) -> str:
        """The step named at ``key``, noted if it is not a question."""
        name = self.target(at, key)
        entry = self.written.get(name)
        if isinstance(entry, Mapping) and "ask" not in entry:
            what, mend = f"`{name}` is not a question", "name a step with `ask:`"
            self.findings.append(Finding(at.file, at.at(key), what, mend))
        return name
