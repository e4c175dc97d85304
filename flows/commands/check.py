"""``python -m flows check [FOLDER]``: everything that is wrong with a flow, with file, line, why and mend."""

import argparse
from pathlib import Path

from flows.checks import check, errors
from flows.checks.moved import removed
from flows.line import BACK_PAIN


def run(argv: list[str]) -> int:
    """Check one flow. 1 when it cannot be served, 0 otherwise; every finding is printed, errors first."""
    parser = argparse.ArgumentParser(prog="python -m flows check", description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=BACK_PAIN, help="the flow's folder")
    options = parser.parse_args(argv)
    line, findings = check(options.folder, (removed,))
    for finding in findings:
        print(finding)
    wrong = len(errors(findings))
    counts = f"{_counted(wrong, 'error')}, {_counted(len(findings) - wrong, 'warning')}."
    if line:
        flow = line.flow
        size = f"{len(flow.steps)} steps, {len(flow.flags)} flags, {', '.join(flow.wording)}"
        print(f"{flow.id} version {flow.version} ({size}): {counts}")
    else:
        print(f"{counts} More can be checked once flow.yaml can be read.")
    return 1 if wrong else 0


def _counted(number: int, name: str) -> str:
    return f"{number} {name}" if number == 1 else f"{number} {name}s"
