"""Where the processes that are killed come from: forked, with the conversation read already.

Reading it takes two seconds of a core, changes nothing and can be broken by nobody; hundreds of times that
would be all that the test has time for. Everything else is as in `server.main` and ``python -m desk work``:
the settings from the environment, gunicorn with its threads and a process of its own, the database opened,
the worker's threads. Only the clock is quicker, Twilio is at another address, and nobody listens to speech.
"""

import json
import os
import signal
import sys
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

from flask import Flask

import sms.twilio_rest
from desk.hangup import load
from desk.work import work
from flows.published import Published
from flows.versions import Versions
from server import Parts, create_app
from serving import Server
from settings import Settings, settings_at_start
from tests.crash.quick_clock import QuickClock
from tests.twilio.standin import Pointed
from voice.choose import Hearing


def _app(settings: Settings, clock: QuickClock) -> Flask:
    """The application with a quicker clock and without ears."""
    versions = Versions(settings.flow, Published(settings.versions_of(settings.flow)))
    load(versions)
    return create_app(settings, Parts(versions, Hearing(None, "nobody speaks here")), clock)


def _become(part: str, told: Mapping[str, Any]) -> None:
    """This process is the server or the worker from now on, in a group of its own."""
    os.setsid()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    with Path(told["log"]).open("ab") as log, Path(os.devnull).open("rb") as nothing:
        os.dup2(nothing.fileno(), 0)
        os.dup2(log.fileno(), 1)
        os.dup2(log.fileno(), 2)
    os.environ.update(told["environ"])
    settings, clock = settings_at_start(), QuickClock(**told["clock"])
    sms.twilio_rest.TwilioHttpClient = partial(Pointed, told["twilio"])  # type: ignore[attr-defined]
    if part == "server":
        Server(settings.host, settings.port, partial(_app, settings, clock)).run()
    else:
        work(settings, clock)


def main() -> None:
    """One line of JSON in for each process that is wanted, its number out. Ends with its input.

    Before that it keeps a checked copy of the conversation in the data directory that its argument names.
    """
    # Whoever loads it after the fork finds it read: what hears is kept for all that hear the same.
    settings = Settings(data_dir=Path(sys.argv[1]))
    versions = Versions(settings.flow, Published(settings.versions_of(settings.flow)))
    load(versions)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    print(versions.sentence, flush=True)
    for order in sys.stdin:
        told = json.loads(order)
        child = os.fork()
        if child == 0:
            try:
                _become(told["part"], told)
            finally:
                os._exit(0)
        print(child, flush=True)


if __name__ == "__main__":
    main()
