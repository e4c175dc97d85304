"""The desk's command line: ``python -m desk work``, ``roster``, ``jobs``, ``user``, ``audit`` and more."""

import argparse
import sys
import time
from collections.abc import Callable
from functools import partial

from desk.dead_letters import MOST, listing
from desk.kept import InHandError, Kept, forgotten
from desk.on_duty import on_duty
from desk.roster_file import load_roster
from desk.trail import Trail
from desk.user_commands import COMMAND_LINE, NOT_DONE, add_user_commands, audit, user_command
from desk.work import work
from flows.source import FlowError
from settings import Settings, settings_at_start
from store.database import TROUBLE
from store.store import Store


def main() -> None:
    """Does what the command line says.

    Ends with 2 when the settings cannot be used, and with 1 for a wrong roster, a job that is not dead,
    somebody who cannot be forgotten yet, or a database that cannot be used.
    """
    parser = argparse.ArgumentParser(prog="python -m desk", description="What is done for people later.")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("work", help="carry out due jobs, beside servers with SPOTTER_WORKER=off")
    commands.add_parser("roster", help="check the roster, and say who would be told now")
    listed = commands.add_parser("jobs", help="list the jobs that were given up or are late")
    with_jobs = listed.add_subparsers(dest="with_jobs")
    with_jobs.add_parser("revive", help="try a dead job again").add_argument("job", type=int)
    for name, what in (("export", "print all that is kept of a number"), ("delete", "forget a number")):
        commands.add_parser(name, help=what).add_argument("number", help="such as +15551234567")
    add_user_commands(commands)
    options = parser.parse_args()
    settings = settings_at_start()
    try:
        if options.command == "work":
            work(settings)
        elif options.command == "roster":
            print(on_duty(load_roster(settings.roster), time.time()))
        elif options.command in ("export", "delete"):
            print(_with_store(settings, partial(_rights, options.number, options.command == "delete")))
        elif options.command in ("user", "audit"):
            command = user_command if options.command == "user" else audit
            print(_with_store(settings, partial(command, options)))
        else:
            print(_with_store(settings, partial(_jobs, options.job if options.with_jobs else None)))
    except FlowError as error:
        sys.exit(str(error))


def _jobs(revived: int | None, store: Store) -> str:
    jobs, now = store.jobs, store.now()
    if revived is None:
        return listing(jobs.troubled(now, MOST), jobs.counts(now), now)
    if jobs.revive(revived, now):
        return f"Job {revived} is due again."
    sys.exit(f"Job {revived} is not dead: there is nothing to revive.")


def _with_store(settings: Settings, command: Callable[[Store], str]) -> str:
    store = Store(settings.database_url, settings.open_keys())
    try:
        store.open()
        return command(store)
    except TROUBLE as error:
        sys.exit(f"The database cannot be used: {type(error).__name__}.")
    finally:
        store.database.close()


def _rights(number: str, delete: bool, store: Store) -> str:
    """What is kept of ``number`` as JSON, or that it is gone."""
    kept, trail, action = Kept(store), Trail(store.database), "delete" if delete else "export"
    # First: what cannot be written there is not done.
    trail.record(store.now(), COMMAND_LINE, action, "a number")
    try:
        return forgotten(kept.forget(number)) if delete else kept.export(number)
    except InHandError as error:
        trail.record(store.now(), COMMAND_LINE, action, "a number", NOT_DONE)
        sys.exit(str(error))


if __name__ == "__main__":
    main()
