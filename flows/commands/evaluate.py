"""``python -m flows evaluate FILE``: how well the line understands labelled texts.

Each line of a file is ``{"text", "present": [flags], "denied": [flags], "level"}``; ``level`` may be
missing, and ``"unsure": [flags]`` may name flags to ask about. A text with neither present nor
unsure flags is a harmless one.
"""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from flows.commands.understand import DEFAULT_FLOW
from flows.flags import load_flags
from flows.measure import LIMITS, Measure, Sample
from flows.understanding import load_understanding

_SHOWN = 20


def run(argv: list[str]) -> int:
    """Print the figures of the files. Returns 1 when a given limit is missed, 2 for bad input."""
    parser = argparse.ArgumentParser(prog="python -m flows evaluate", description=__doc__)
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
    parser.add_argument("--json", action="store_true", help="one JSON object instead of tables")
    parser.add_argument("--misses", type=int, default=_SHOWN, help="how many misses to show (0: none)")
    parser.add_argument("--flow", type=Path, default=DEFAULT_FLOW, help="directory of the flow")
    parser.add_argument("--language", default="en")
    for name, (_, sense) in LIMITS.items():
        help_text = f"exit with 1 when {name.replace('-', ' ')} is {'below' if sense > 0 else 'above'} this"
        parser.add_argument(
            f"--{'min' if sense > 0 else 'max'}-{name}", type=float, dest=name, help=help_text
        )
    options = parser.parse_args(argv)
    try:
        samples = [sample for file in options.files for sample in read_samples(file)]
        measure = Measure(load_flags(options.flow / "flags.yaml"))
        understanding = load_understanding(options.flow, options.language)
    except (OSError, ValueError) as error:
        print(error, file=sys.stderr)
        return 2
    measure.run(understanding, samples)
    figures = measure.figures()
    print(json.dumps(figures) if options.json else measure.report(options.misses))
    missed = False
    for name, (key, sense) in LIMITS.items():
        limit = getattr(options, name)
        if limit is not None and (figures[key] - limit) * sense < 0:
            missed = True
            print(f"{key} is {figures[key]:.4g}, limit {limit:.4g}", file=sys.stderr)
    return int(missed)


def read_samples(file: Path) -> list[Sample]:
    """The labelled texts of ``file``. Raises ``ValueError`` naming file and line for a malformed one."""
    samples = []
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip():
            continue
        try:
            data: dict[str, Any] = json.loads(line)
            present, denied = data.get("present", []), data.get("denied", [])
            unsure = frozenset(data.get("unsure", []))
            samples.append(
                Sample(data["text"], frozenset(present), frozenset(denied), unsure, data.get("level", ""))
            )
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"{file}:{number}: not a labelled text: {error}") from error
    return samples
