"""The desk's command line: ``python -m desk work`` and ``python -m desk roster``."""

import argparse
import sys
import time

from desk.on_duty import on_duty
from desk.roster_file import load_roster
from desk.work import work
from flows.source import FlowError
from settings import settings_at_start


def main() -> None:
    """Does what the command line says. Ends with 2 when the settings cannot be used, 1 for a wrong roster."""
    parser = argparse.ArgumentParser(prog="python -m desk", description="What is done for people later.")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("work", help="carry out due jobs, beside servers with SPOTTER_WORKER=off")
    commands.add_parser("roster", help="check the roster, and say who would be told now")
    command = parser.parse_args().command
    settings = settings_at_start()
    if command == "work":
        work(settings)
        return
    try:
        print(on_duty(load_roster(settings.roster), time.time()))
    except FlowError as error:
        print(error, file=sys.stderr)
        sys.exit(1)


if __name__ == "__main__":
    main()
