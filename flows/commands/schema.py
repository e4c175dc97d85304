"""``python -m flows schema [--out DIR]``: write the JSON Schemas that editors check a flow's files with."""

import argparse
from pathlib import Path

from flows.schema import FOLDER, schemas


def run(argv: list[str]) -> int:
    """Write one schema for each kind of file. Gives 0; prints what was written."""
    parser = argparse.ArgumentParser(prog="python -m flows schema", description=__doc__)
    parser.add_argument("--out", type=Path, default=FOLDER, help="the folder to write to")
    folder = parser.parse_args(argv).out
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in schemas().items():
        (folder / name).write_text(text, encoding="utf-8")
        print(folder / name)
    return 0
