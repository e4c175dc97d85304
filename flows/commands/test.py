"""``python -m flows test PATH``: run conversation tests written in YAML, on every channel they name."""

import argparse
import sys
from pathlib import Path

from flows.line import BACK_PAIN, load_line
from flows.source import FlowError
from flows.transcript import load_transcripts, play


def run(argv: list[str]) -> int:
    """Run the transcripts in a file or folder. 0 when all hold, 1 otherwise; failures are printed."""
    parser = argparse.ArgumentParser(prog="python -m flows test", description=__doc__)
    parser.add_argument("path", type=Path, help="a YAML file of transcripts, or a folder of them")
    parser.add_argument("--flow", type=Path, default=BACK_PAIN, help="the flow's folder")
    options = parser.parse_args(argv)
    try:
        line = load_line(options.flow)
        transcripts = load_transcripts(options.path)
    except FlowError as error:
        print(error, file=sys.stderr)
        return 1
    runs = [(one, channel) for one in transcripts for channel in one.channels]
    failed = 0
    for transcript, channel in runs:
        failures, _ = play(line, transcript, channel)
        failed += bool(failures)
        for failure in failures:
            print(failure)
    print(f"{len(runs) - failed} passed, {failed} failed")
    return 1 if failed or not runs else 0
