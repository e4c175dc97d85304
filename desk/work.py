"""The worker with everything it can do, for the server or for a process of its own."""

import logging
import signal
import threading

from desk.hangup import load, reload_on_hangup
from desk.paging import Paging
from desk.roster_file import RosterFile
from desk.time_outs import TimeOuts
from desk.worker import Hand, Worker
from flows.published import Published
from flows.versions import Versions
from settings import Settings
from sms.sender import NEEDED_TO_SEND, sender_for
from store.store import Store

log = logging.getLogger(__name__)


def worker_for(settings: Settings, versions: Versions, store: Store, file: RosterFile) -> Worker:
    """A worker with all its hands, not started yet."""
    hands: dict[str, Hand] = {
        "time_out": TimeOuts(versions, store, sender_for(settings)),
        "escalate": Paging(store, file),
    }
    return Worker(store, hands)


def work(settings: Settings) -> None:
    """Works until SIGTERM or SIGINT, then finishes the jobs in hand. Runs in the main thread."""
    told_to_end = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: told_to_end.set())
    versions = Versions(settings.flow, Published(settings.versions_of(settings.flow)))
    load(versions)
    store = Store(settings.database_url)
    store.open()
    reload_on_hangup(versions, store)
    file = RosterFile(settings.roster)
    worker = worker_for(settings, versions, store, file)
    worker.start()
    missing = settings.missing(NEEDED_TO_SEND)
    told = f"Missing for texts: {', '.join(missing)}." if missing else "Texts are set up."
    print(f"Spotter's worker is ready. {told} {file.sentence}.", flush=True)
    told_to_end.wait()
    worker.stop()
    store.database.close()
