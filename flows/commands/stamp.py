"""``python -m flows stamp LANGUAGE [KEY ...]``: note that a language was translated from the texts of today.

Run it after translating. New and changed translations are noted. Where only the source text changed, the
translation must be read again: what is still right is confirmed by naming its key.
"""

import argparse
import sys
from pathlib import Path

from flows.line import BACK_PAIN
from flows.loader import load_flow
from flows.source import FlowError
from flows.translation import read_stamps, source_language, stale, stamped, stamps_file, write_stamps


def run(argv: list[str]) -> int:
    """Stamp one language. 0 when all of it is up to date, 1 when texts are left or something is wrong."""
    parser = argparse.ArgumentParser(
        prog="python -m flows stamp",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("language", help="such as es")
    parser.add_argument("keys", nargs="*", metavar="KEY", help="wordings that are still right as they are")
    parser.add_argument("--flow", type=Path, default=BACK_PAIN, help="the flow's folder")
    options = parser.parse_args(argv)
    language = options.language
    try:
        flow = load_flow(options.flow)
        original = source_language(flow)
        wanted = [one for one in flow.wording if one != original]
        if language not in wanted:
            print(
                f"`{language}` is no translation of this flow. It has: {', '.join(wanted) or 'none'}.",
                file=sys.stderr,
            )
            return 1
        wording = flow.wording[language]
        unknown = [key for key in options.keys if key not in wording]
        if unknown:
            print(f"{wording.file} has no {', '.join(unknown)}.", file=sys.stderr)
            return 1
        path = stamps_file(wording)
        stamps = stamped(flow, language, read_stamps(path), options.keys)
    except FlowError as error:
        print(error, file=sys.stderr)
        return 1
    write_stamps(path, language, stamps)
    left = list(stale(flow, language, stamps))
    for old in left:
        print(f"{wording.file}:{old.line}: `{old.key}` was left as it was, but {original}.yaml now says:")
        for text in dict.fromkeys((old.source.sms, old.source.voice)):
            print(f"    {text}")
    if left:
        again = " ".join([language, *(old.key for old in left)])
        again += "" if options.flow == BACK_PAIN else f" --flow {options.flow}"
        print(f"Translate these again, or, if they are still right: python -m flows stamp {again}")
        return 1
    print(f"All {len(stamps)} wordings of `{language}` are up to date.")
    return 0
