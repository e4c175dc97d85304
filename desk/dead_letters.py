"""Jobs that were given up: shown to whoever runs the machine, and staff are texted that there are some."""

import logging
from collections.abc import Iterable
from datetime import UTC, datetime

from sqlalchemy import Connection, func, select

from desk.roster_file import RosterFile
from desk.words import words
from flows.broken import where
from sms.limits import DAY_SECONDS
from sms.outbox import Outbox
from sms.segments import plain
from store.jobs import Counts, Job, Trouble
from store.store import Store
from store.tables import jobs

log = logging.getLogger(__name__)

# So many are listed.
MOST = 50
_EVERY_SECONDS = 600.0


class DeadLetters:
    """The worker's hand for the standing job ``dead_letters``: one text a day at most, while jobs die.

    It goes to the first who is on duty anywhere. Jobs that have been dead for longer than a day are told
    of no more: they stay on the list, in ``/healthz`` and in the metrics.
    """

    def __init__(self, store: Store, file: RosterFile, outbox: Outbox) -> None:
        self._store = store
        self._file = file
        self._outbox = outbox

    def __call__(self, job: Job, now: float) -> float:  # noqa: ARG002
        """Looks once, and says when to look again. Whatever goes wrong, the job must never die."""
        try:
            with self._store.database.transaction() as connection:
                if count := _died(connection, now):
                    self._tell(connection, count, now)
        except Exception as error:
            log.error("which jobs died is not known: %(error)s", {"error": where(error)})
        return now + _EVERY_SECONDS

    def _tell(self, connection: Connection, count: int, now: float) -> None:
        roster = self._file.roster
        staff = roster.to_tell(None, now) if roster else ()
        contact = next((one for one in staff if "text" in one.ways), None)
        if contact is None:
            return
        self._outbox.put(
            connection,
            key=f"dead_letters:{datetime.fromtimestamp(now, UTC):%Y-%m-%d}",
            kind="dead_letters",
            to=contact.number,
            body=plain(words(contact.language, "staff.dead_letters", count=count)),
            now=now,
            contact=contact.id,
        )


def listing(troubled: Iterable[Trouble], counts: Counts, now: float) -> str:
    """The jobs as lines for the terminal: number, kind, since when, how often tried, and why it failed."""
    if not (counts.dead or counts.late):
        return "No job is dead or late."
    lines = [f"{counts.dead} dead, {counts.late} late.", ""]
    lines += [f"{'job':>8}  {'kind':<16} {'state':<5} {'for':>6} {'tries':>5}  why"]
    for one in troubled:
        state, why = ("dead" if one.state == "dead" else "late"), one.error or "not tried yet"
        since = _span(now - one.due)
        lines.append(f"{one.id:>8}  {one.kind:<16} {state:<5} {since:>6} {one.attempts:>5}  {why}")
    hidden = counts.dead + counts.late - (len(lines) - 3)
    lines += [f"and {hidden} more"] if hidden > 0 else []
    lines += ["", "Late ones wait for a worker. A dead one is tried again after:"]
    return "\n".join([*lines, "    spotter desk jobs revive JOB"])


def _died(connection: Connection, now: float) -> int:
    # A job dies at its last try, and that is when it was due last.
    recent = (jobs.c.state == "dead") & (jobs.c.due > now - DAY_SECONDS)
    return int(connection.execute(select(func.count()).where(recent)).scalar_one())


def _span(seconds: float) -> str:
    for unit, length in (("d", 86400), ("h", 3600), ("min", 60)):
        if seconds >= 2 * length:
            return f"{seconds / length:.0f} {unit}"
    return f"{max(seconds, 0):.0f} s"
