"""The worker with everything it can do, for the server or for a process of its own."""

import logging
import signal
import threading

from desk.asking_after import AskingAfter
from desk.check_ins import CheckIns
from desk.dead_letters import DeadLetters
from desk.forgetting import Forgetting
from desk.hangup import load, reload_on_hangup
from desk.paging import Paging
from desk.retention import Retention
from desk.rights import Rights
from desk.roster_file import RosterFile
from desk.staff import Staff
from desk.time_outs import TimeOuts
from desk.worker import Done, Hand, Worker, untold
from flows.published import Published
from flows.versions import Versions
from settings import Settings
from sms.answering import Answering
from sms.late import LateMessages
from sms.limits import Limits
from sms.outbox import Outbox
from sms.reconcile import Reconcile
from sms.sender import Sender
from sms.twilio_rest import NEEDED_TO_SEND, carrier_for
from store.database import Clock
from store.journal import Journal
from store.store import Store

# There is always one job of each of these kinds.
_STANDING = ("reconcile", "dead_letters", "forget", "retention")

log = logging.getLogger(__name__)


def answering_for(
    settings: Settings, versions: Versions, store: Store, file: RosterFile, journal: Journal | None = None
) -> Answering:
    """What answers texts, from the webhook or fetched later."""
    staff = Staff(store, file, versions, Outbox.of(settings))
    return Answering(versions, store, settings.country, Limits.of(settings), staff, journal, Rights(store))


def store_for(settings: Settings, check_ins: CheckIns, clock: Clock | None = None) -> Store:
    """The database, with what the desk does in the transaction of every turn."""
    return Store(settings.database_url, settings.open_keys(), clock, then=[check_ins.note])


def worker_for(
    settings: Settings,
    versions: Versions,
    store: Store,
    file: RosterFile,
    check_ins: CheckIns,
    late: LateMessages,
    done: Done = untold,
) -> Worker:
    """A worker with all its hands, not started yet; ``done`` is told of each job."""
    journal = Journal(settings.data_dir / "journal", settings.open_keys())
    carrier, outbox = carrier_for(settings), Outbox.of(settings)
    hands: dict[str, Hand] = {
        "time_out": TimeOuts(versions, store, outbox),
        "check_in": AskingAfter(versions, store, check_ins, outbox),
        "escalate": Paging(store, file, outbox, settings.public_url),
        "send": Sender(store, carrier, check_ins.earliest),
        "dead_letters": DeadLetters(store, file, outbox),
        "forget": Forgetting(store),
        "retention": Retention(store, journal, dict(settings.keep_days)),
        "reconcile": Reconcile(store, late, carrier, every=settings.reconcile_minutes * 60.0),
    }
    return Worker(store, hands, standing=_STANDING, done=done)


def work(settings: Settings, clock: Clock | None = None) -> None:
    """Works until SIGTERM or SIGINT, then finishes the jobs in hand. Runs in the main thread.

    ``clock`` instead of the database's own is for tests.
    """
    told_to_end = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: told_to_end.set())
    versions = Versions(settings.flow, Published(settings.versions_of(settings.flow)))
    load(versions)
    file = RosterFile(settings.roster)
    check_ins = CheckIns(versions, file)
    store = store_for(settings, check_ins, clock)
    store.open()
    reload_on_hangup(versions, store)
    late = LateMessages.of(answering_for(settings, versions, store, file), settings)
    worker = worker_for(settings, versions, store, file, check_ins, late)
    worker.start()
    missing = settings.missing(NEEDED_TO_SEND)
    told = f"Missing for texts: {', '.join(missing)}." if missing else "Texts are set up."
    print(f"Spotter's worker is ready. {told} {file.sentence}.", flush=True)
    told_to_end.wait()
    worker.stop()
    store.database.close()
