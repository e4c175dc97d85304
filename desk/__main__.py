"""The desk's command line: ``python -m desk work``."""

import argparse
import logging
import os
import sys

from desk.work import work
from settings import Settings, SettingsError


def main() -> None:
    """Does what the command line says. Ends with 2 when the settings cannot be used."""
    parser = argparse.ArgumentParser(prog="python -m desk", description="What is done for people later.")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("work", help="carry out due jobs, beside servers with SPOTTER_WORKER=off")
    parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    try:
        settings = Settings.from_environment(os.environ)
    except SettingsError as error:
        print(error, file=sys.stderr)
        sys.exit(2)
    work(settings)


if __name__ == "__main__":
    main()
