"""The store's command line: ``python -m store key`` and ``python -m store rotate``."""

import argparse
import sys

from settings import Settings, settings_at_start
from store.database import TROUBLE
from store.journal import Journal
from store.keys import new_key
from store.rotate import rotate
from store.store import Store


def main() -> None:
    """Does what the command line says.

    Ends with 2 when the settings cannot be used, and with 1 when the database cannot be.
    """
    parser = argparse.ArgumentParser(prog="python -m store", description="What is kept, and its keys.")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("key", help="make a new key")
    commands.add_parser("rotate", help="seal everything with the newest key; may be stopped and repeated")
    options = parser.parse_args()
    if options.command == "key":
        print(new_key())
    else:
        print(_rotate(settings_at_start()))


def _rotate(settings: Settings) -> str:
    keys = settings.open_keys()
    store = Store(settings.database_url, keys)
    try:
        done = rotate(store.database, keys) + Journal(settings.data_dir / "journal", keys).rotate()
    except TROUBLE as error:
        sys.exit(f"Not everything could be sealed anew: {type(error).__name__}. Do it again later.")
    finally:
        store.database.close()
    return f"{done} values were sealed anew. No other key than the newest is needed any more."


if __name__ == "__main__":
    main()
