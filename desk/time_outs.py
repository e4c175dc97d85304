"""What a conversation asked for after a while: the question that comes after a few minutes of walking."""

import logging

from flows.events import TimedOut
from flows.session import Session
from flows.turn import Turn
from flows.versions import Versions
from sms.sender import Sender
from store.jobs import Job
from store.store import Store

log = logging.getLogger(__name__)

# How long to wait for a conversation that can be used.
_SPEECHLESS_SECONDS = 60.0


class TimeOuts:
    """The worker's hand for jobs ``time_out:KIND``: the turn of the event ``TimedOut(KIND)``, as texts.

    After a crash, another worker finds the turn kept already and sends the replies again, since a text too
    many is better than silence.
    """

    def __init__(self, versions: Versions, store: Store, sender: Sender) -> None:
        self._versions = versions
        self._store = store
        self._sender = sender

    def __call__(self, job: Job, now: float) -> float | None:
        """Does the job; again in a minute when there is no conversation to go on with."""
        assert job.person is not None
        if self._versions.newest is None:
            log.error("a scheduled text waits for a conversation that can be used")
            return now + _SPEECHLESS_SECONDS
        kind = job.kind.partition(":")[2]

        def decide(session: Session | None) -> Turn | None:
            # The person may have answered, begun anew or texted STOP since this was scheduled.
            if session is None or session.waiting != kind or session.due > now:
                return None
            line, current = self._versions.place(session)
            return line.step(current, TimedOut(kind), now)

        kept = self._store.take_turn(job.person, job.inbound, now, decide)
        session = self._store.session(job.person, now)
        if session is not None and not session.opted_out:
            for reply in kept.replies:
                self._sender.send(job.person, reply.text)
        return None
