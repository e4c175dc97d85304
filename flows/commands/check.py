"""``python -m flows check [FOLDER]``: everything that is wrong with a flow, with file, line, why and mend."""

import argparse
from pathlib import Path

from flows.checks import check, errors, in_order
from flows.checks.untested import transcripts_of, untested
from flows.line import BACK_PAIN, Line
from flows.source import Finding, FlowError
from flows.transcript import load_transcripts


def run(argv: list[str]) -> int:
    """Check one flow. 1 when it cannot be served, 0 otherwise; every finding is printed, errors first."""
    parser = argparse.ArgumentParser(prog="python -m flows check", description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=BACK_PAIN, help="the flow's folder")
    parser.add_argument("--transcripts", type=Path, help="a folder of its transcripts, or one file of them")
    options = parser.parse_args(argv)
    line, findings = check(options.folder)
    if line and not errors(findings):
        findings = in_order([*findings, *_of_transcripts(line, options.folder, options.transcripts)])
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


def _of_transcripts(line: Line, folder: Path, transcripts: Path | None) -> list[Finding]:
    """What is wrong with the transcripts, or missing from them. A flow that nobody tested has none."""
    path = transcripts or transcripts_of(folder)
    if path is None:
        return list(untested(line, folder, []))
    try:
        return list(untested(line, folder, load_transcripts(path)))
    except FlowError as error:
        return error.findings


def _counted(number: int, name: str) -> str:
    return f"{number} {name}" if number == 1 else f"{number} {name}s"
