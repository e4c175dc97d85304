"""SIGHUP: a conversation that was published or changed is taken up without a new start."""

import logging
import queue
import signal
import threading
from collections.abc import Iterable

from flows.broken import where
from flows.versions import Versions
from store.database import TROUBLE
from store.store import Store

log = logging.getLogger(__name__)


def load(versions: Versions, in_use: Iterable[str] = ()) -> None:
    """Loads the conversation, and the versions ``in_use``; what cannot be loaded is logged. Never raises."""
    try:
        versions.load(in_use)
    except Exception as error:
        log.error("the conversation could not be loaded: %s", where(error))


def reload(versions: Versions, store: Store, now: float) -> None:
    """Takes up a conversation that was published or changed. Never raises."""
    try:
        in_use = store.versions_in_use(now)
    except TROUBLE as error:
        log.error("which versions people are in is not known: %s", where(error))
        in_use = set(versions.older)
    load(versions, in_use)


def reload_on_hangup(versions: Versions, store: Store) -> None:
    """From now on, SIGHUP makes this process `reload`. Only the main thread may ask for it."""
    # A queue, because a signal may come while another one is being handled.
    asked: queue.SimpleQueue[int] = queue.SimpleQueue()
    signal.signal(signal.SIGHUP, lambda number, _: asked.put(number))

    def obey() -> None:
        while asked.get():
            reload(versions, store, store.now())

    threading.Thread(target=obey, name="reload", daemon=True).start()
