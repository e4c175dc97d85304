"""``python -m flows understand``: what the line makes of each text, one text a line."""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from flows.flags import Flags, level_of, load_flags
from flows.heard import Heard
from flows.source import FlowError
from flows.understanding import load_understanding

DEFAULT_FLOW = Path(__file__).parent.parent / "back_pain"


def run(argv: list[str]) -> int:
    """Read texts from standard input; write one JSON object a line, flushed at once.

    Returns 0, or 1 when the flow is broken.
    """
    parser = argparse.ArgumentParser(prog="python -m flows understand", description=__doc__)
    parser.add_argument("--flow", type=Path, default=DEFAULT_FLOW, help="directory of the flow")
    parser.add_argument("--language", default="en", help="language of the texts")
    options = parser.parse_args(argv)
    try:
        flags = load_flags(options.flow / "flags.yaml")
        understanding = load_understanding(options.flow, options.language)
    except FlowError as error:
        print(error, file=sys.stderr)
        return 1
    for line in sys.stdin:
        heard = understanding.understand(line.rstrip("\r\n"))
        sys.stdout.write(json.dumps(as_json(heard, flags), ensure_ascii=False) + "\n")
        sys.stdout.flush()
    return 0


def as_json(heard: Heard, flags: Flags) -> dict[str, Any]:
    """The object that one text gives: flags by polarity, the level they amount to, and why."""
    return {
        "text": heard.text,
        "present": list(heard.flags("present")),
        "unsure": list(heard.flags("unsure")),
        "denied": list(heard.flags("denied")),
        "level": level_of(flags, heard.mentions).id,
        "why": why(heard),
    }


def why(heard: Heard) -> list[dict[str, Any]]:
    """For each flag its polarity, the phrase it rests on with its place in the text, and the rule."""
    return [
        {
            "flag": mention.flag,
            "polarity": mention.polarity,
            "phrase": mention.span.phrase,
            "start": mention.span.start,
            "end": mention.span.end,
            "rule": mention.span.rule,
        }
        for mention in heard.mentions
    ]
