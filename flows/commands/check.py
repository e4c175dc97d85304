"""``python -m flows check [FOLDER]``: everything that is wrong with a flow, with file, line and mend."""

import argparse
import sys
from pathlib import Path

from flows.line import BACK_PAIN, load_line
from flows.source import FlowError


def run(argv: list[str]) -> int:
    """Check one flow. 0 when it can be served, 1 when there are findings (printed one a line)."""
    parser = argparse.ArgumentParser(prog="python -m flows check", description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=BACK_PAIN, help="the flow's folder")
    folder = parser.parse_args(argv).folder
    try:
        line = load_line(folder)
    except FlowError as error:
        print(error, file=sys.stderr)
        return 1
    flow = line.flow
    size = f"{len(flow.steps)} steps, {len(flow.flags)} flags, {', '.join(flow.wording)}"
    print(f"{flow.id} version {flow.version}: {size}. Clean.")
    return 0
