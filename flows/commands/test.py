"""``python -m flows test [PATH...]``: run conversation tests written in YAML, and say what they never visit.

Each runs on every channel that it names, in its language; see `flows.transcript`.
"""

import argparse
import sys
from collections.abc import Iterator
from itertools import zip_longest
from pathlib import Path
from textwrap import wrap

from flows.checks.untested import transcripts_of
from flows.coverage import Coverage
from flows.line import BACK_PAIN, Line, load_line
from flows.playing import Failure, language_of, play
from flows.source import FlowError
from flows.transcript import Transcript, load_transcripts

_NAME, _COLUMN = 20, 46
_GREEN, _RED, _PLAIN = "\x1b[32m", "\x1b[31m", "\x1b[0m"


def run(argv: list[str]) -> int:
    """Run the transcripts of files and folders. 0 when all hold, 1 otherwise; failures are printed."""
    parser = argparse.ArgumentParser(prog="python -m flows test", description=__doc__)
    parser.add_argument("paths", nargs="*", type=Path, help="files or folders of transcripts", metavar="PATH")
    parser.add_argument("--flow", type=Path, default=BACK_PAIN, help="the flow's folder")
    parser.add_argument("--coverage", action="store_true", help="list everything that was never visited")
    options = parser.parse_args(argv)
    paths = options.paths or [path for path in [transcripts_of(options.flow)] if path]
    if not paths:
        print(f"{options.flow} has no folder of transcripts. Name a file or a folder.", file=sys.stderr)
        return 1
    try:
        line = load_line(options.flow)
        transcripts = [one for path in paths for one in load_transcripts(path)]
    except FlowError as error:
        print(error, file=sys.stderr)
        return 1
    return _played(line, transcripts, options.coverage)


def _played(line: Line, transcripts: list[Transcript], whole: bool) -> int:
    coverage = Coverage(line.flow)
    passed = failed = 0
    for one in transcripts:
        language = language_of(line.flow, one)
        if language not in line.flow.wording:
            has = ", ".join(line.flow.wording)
            print(f"{one.file}:{one.line}: {one.name}: the flow does not speak `{language}` (it has {has})")
            failed += 1
            continue
        for channel in one.channels:
            failures, moments = play(line, one, channel)
            coverage.note(channel, moments)
            for failure in failures:
                print("\n".join(_side_by_side(failure, sys.stdout.isatty())) + "\n")
            failed, passed = failed + bool(failures), passed + (not failures)
    print(coverage.report(whole=whole))
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


def _side_by_side(failure: Failure, colour: bool) -> Iterator[str]:
    """What was expected beside what came, line by line, under the place where it is expected."""
    one = failure.transcript
    place = f"{one.file}:{failure.differences[0].line}: {one.name}"
    yield f"{place} [{failure.channel} {failure.language}] after {failure.after}"
    yield f"  {'':{_NAME}}  {'expected':{_COLUMN}}  got"
    for difference in failure.differences:
        rows = zip_longest([difference.what], _rows(difference.expected), _rows(difference.got), fillvalue="")
        for name, expected, got in rows:
            left, right = f"{expected:{_COLUMN}}", got
            if colour:
                left, right = f"{_GREEN}{left}{_PLAIN}", f"{_RED}{right}{_PLAIN}"
            yield f"  {name:{_NAME}}  {left}  {right}".rstrip()


def _rows(text: str) -> list[str]:
    return [row for line in text.splitlines() for row in wrap(line, _COLUMN)]
