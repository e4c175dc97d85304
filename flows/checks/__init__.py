"""What is looked for in a flow that can be read: one module a noun, each gives its findings.

A check takes the line and the flow's folder. It must cope with a flow that has mistakes of other kinds,
such as a next step that does not exist, because everything wrong is to be found at once.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

from flows.checks import ends, names, numbers, questions, routes, screening, ways
from flows.checks.words import WORDS
from flows.line import Line, read_line
from flows.source import Finding

Check = Callable[[Line, Path], Iterator[Finding]]

CHECKS: tuple[Check, ...] = (
    names.reserved,
    names.twice,
    questions.unanswerable,
    questions.never_asked,
    ways.unreached,
    ways.circles,
    ways.endless,
    routes.never_reached,
    routes.never_true,
    routes.not_yet_answered,
    ends.of_another_level,
    screening.unasked,
    screening.late,
    numbers.missing,
    *WORDS,
)


def check(folder: Path) -> tuple[Line | None, list[Finding]]:
    """The line in ``folder``, and everything that is wrong with it: errors first, then by file and line.

    The line may be talked to only when no finding is an error; ``None`` when it cannot be read at all.
    """
    line, findings = read_line(folder)
    if line:
        findings += [finding for one in CHECKS for finding in one(line, folder)]
    return line, in_order(findings)


def in_order(findings: list[Finding]) -> list[Finding]:
    """``findings`` as an author works through them: errors first, then by file and line."""
    return sorted(findings, key=lambda one: (one.severity != "error", one.file, one.line, one.what))


def errors(findings: list[Finding]) -> list[Finding]:
    """Those of ``findings`` with which nobody may be served."""
    return [finding for finding in findings if finding.severity == "error"]
