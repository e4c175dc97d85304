"""The store's command line: ``python -m store backup FILE``, ``restore FILE``, ``key`` and ``rotate``."""

import argparse
import sys
from pathlib import Path

from sqlalchemy import func, select

from settings import Settings, settings_at_start
from store.backup import BackupError, backup, restore
from store.database import TROUBLE
from store.journal import Journal
from store.keys import new_key
from store.rotate import rotate
from store.store import Store
from store.tables import sessions


def main() -> None:
    """Does what the command line says, with the database that ``DATABASE_URL`` names.

    Ends with 2 when the settings cannot be used, and with 1 when it could not be done.
    """
    parser = argparse.ArgumentParser(prog="python -m store", description="Look after what is kept.")
    commands = parser.add_subparsers(dest="command", required=True)
    saved = commands.add_parser("backup", help="copy the database into a new file, while Spotter runs")
    saved.add_argument("file", type=Path, metavar="FILE")
    back = commands.add_parser("restore", help="make the database from a backup, where there is none yet")
    back.add_argument("file", type=Path, metavar="FILE")
    commands.add_parser("key", help="make a new key")
    commands.add_parser("rotate", help="seal everything with the newest key; may be stopped and repeated")
    options = parser.parse_args()
    if options.command == "key":
        print(new_key())
        return
    settings = settings_at_start()
    try:
        if options.command == "backup":
            backup(settings.database_url, options.file)
            print(f"{options.file} is written and complete. It holds what people said: keep it locked away.")
        elif options.command == "restore":
            restore(settings.database_url, options.file)
            print(f"The database is back. Conversations in it: {_conversations(settings)}.")
        else:
            print(_rotate(settings))
    except BackupError as error:
        sys.exit(f"Not done: {error}.")
    except OSError as error:
        sys.exit(f"Not done: {error.filename or options.file}: {error.strerror or type(error).__name__}.")
    except TROUBLE as error:
        sys.exit(f"The database cannot be used: {type(error).__name__}.")


def _conversations(settings: Settings) -> int:
    """How many there are, once the tables are up to date."""
    store = Store(settings.database_url, settings.open_keys())
    try:
        with store.database.transaction() as connection:
            return int(connection.execute(select(func.count()).select_from(sessions)).scalar_one())
    finally:
        store.database.close()


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
