"""One mistake made in a copy of the shipped flow, and what the checks say of it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from flows.checks import ends, names, questions, routes, screening, ways
from flows.line import Line
from flows.loader import read_flow
from flows.source import Finding

Check = Callable[[Line, Path], Iterator[Finding]]

STRUCTURE: tuple[Check, ...] = (
    names.reserved, names.twice, questions.unanswerable, questions.never_asked, ways.unreached, ways.circles,
    ways.endless, routes.never_reached, routes.never_true, routes.not_yet_answered, ends.of_another_level,
    screening.unasked, screening.late,
)  # fmt: skip


@dataclass(frozen=True)
class Mistake:
    """``old`` in flow.yaml becomes ``new``; ``check`` must find it on the line that begins with ``at``.

    ``also`` names the checks that rightly find what follows from it.
    """

    check: Check
    old: str
    new: str
    at: str
    what: str
    why: str
    mend: str
    also: tuple[Check, ...] = ()


def change(file: Path, old: str, new: str) -> None:
    """Replaces ``old``, which must be there, once."""
    text = file.read_text()
    assert old in text, old
    file.write_text(text.replace(old, new, 1))


def line_of(file: Path, text: str) -> int:
    """The number of the line on which ``text`` begins."""
    before, found, _ = file.read_text().partition(text)
    assert found, text
    return before.count("\n") + 1


def findings_of(folder: Path, *checks: Check) -> list[Finding]:
    """What ``checks`` find in the flow in ``folder``; without its ears, which take seconds to load."""
    flow, _ = read_flow(folder)
    assert flow
    return [finding for check in checks for finding in check(Line(flow, {}), folder)]


def is_named(folder: Path, mistake: Mistake) -> None:
    """Asserts that ``mistake`` is found where it stands, with what, why and mend, and nothing else is."""
    file = folder / "flow.yaml"
    change(file, mistake.old, mistake.new)
    (finding,) = findings_of(folder, mistake.check)
    assert (finding.file, finding.line) == (str(file), line_of(file, mistake.at))
    assert finding.severity == "error"
    assert mistake.what in finding.what
    assert mistake.why in finding.why
    assert mistake.mend in finding.mend
    others = [check for check in STRUCTURE if check not in (mistake.check, *mistake.also)]
    assert findings_of(folder, *others) == []
