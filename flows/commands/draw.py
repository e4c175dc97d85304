"""``python -m flows draw [FOLDER]``: a picture of a flow, as SVG or as Mermaid text."""

import argparse
import sys
from pathlib import Path

from flows.draw import mermaid, svg
from flows.line import BACK_PAIN
from flows.loader import load_flow
from flows.source import FlowError


def run(argv: list[str]) -> int:
    """Draw one flow, to standard output or into a file. 1 when the flow is broken or the file unwritable."""
    parser = argparse.ArgumentParser(prog="python -m flows draw", description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=BACK_PAIN, help="the flow's folder")
    parser.add_argument("-o", dest="output", type=Path, metavar="FILE", help="write into this file")
    parser.add_argument("--mermaid", action="store_true", help="Mermaid text instead of SVG")
    options = parser.parse_args(argv)
    try:
        flow = load_flow(options.folder)
    except FlowError as error:
        print(error, file=sys.stderr)
        return 1
    picture = mermaid.write(flow) if options.mermaid else svg.draw(flow)
    if options.output is None:
        print(picture, end="")
        return 0
    try:
        options.output.write_text(picture, encoding="utf-8")
    except OSError as error:
        print(f"cannot write {options.output}: {error.strerror}. Name another file with -o.", file=sys.stderr)
        return 1
    print(f"{options.output}: {flow.id} version {flow.version}, {len(flow.steps)} steps")
    return 0
