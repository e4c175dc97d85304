"""What is to be done later: put down with the turn that asked for it, claimed by one worker at a time."""

import json
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, case, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert

from store.database import Database
from store.tables import jobs

# After so many failures a job is dead: nobody tries it any more until staff revive it.
ATTEMPTS = 12
# A job that is due for longer is late.
LATE_SECONDS = 60.0

_FREE = (
    (jobs.c.state == "waiting") & (jobs.c.due <= bindparam("now")) & (jobs.c.leased_until <= bindparam("now"))
)
_NEXT = (
    select(jobs.c.id)
    .where(_FREE, jobs.c.urgent == bindparam("hurry"))
    .order_by(jobs.c.due)
    .limit(1)
    .with_for_update(skip_locked=True)
)
_CLAIM = (
    update(jobs)
    .where(jobs.c.id == _NEXT.scalar_subquery())
    .values(leased_until=bindparam("until"), lease=bindparam("token"), attempts=jobs.c.attempts + 1)
    .returning(*(jobs.c[name] for name in ("id", "key", "kind", "person", "session", "payload", "due")))
    .returning(jobs.c.attempts, jobs.c.lease)
)


@dataclass(frozen=True)
class Job:
    """A job that this worker holds under the name ``lease``. ``attempts`` counts this one."""

    id: int
    key: str
    kind: str
    person: str | None
    session: int | None
    payload: Mapping[str, Any]
    due: float
    attempts: int
    lease: str

    @property
    def inbound(self) -> str:
        """The idempotency key of the turn that this job brings."""
        return f"job:{self.key}"


@dataclass(frozen=True)
class Counts:
    """How the table is doing. ``late`` are part of ``due``; ``oldest`` is the time that the first was due."""

    due: int
    late: int
    dead: int
    oldest: float | None


@dataclass(frozen=True)
class Trouble:
    """A job that is dead, or ``waiting`` and late. ``error`` says where it failed last, and quotes nobody."""

    id: int
    kind: str
    state: str
    due: float
    attempts: int
    error: str | None


def pause(attempts: int) -> float:
    """Seconds to wait after the failure number ``attempts``: 10, 20, 40 and so on, at most half an hour."""
    return min(10.0 * 2.0 ** min(attempts - 1, 8), 1800.0)


def schedule(
    connection: Connection,
    *,
    key: str,
    kind: str,
    due: float,
    person: str | None = None,
    session: int | None = None,
    payload: Mapping[str, Any] | None = None,
    urgent: bool = False,
) -> bool:
    """Puts down a job; false when there is one with this ``key`` already, which stays as it is.

    ``kind`` says who carries it out: the worker's hand for what stands before a colon. A job with a
    ``session`` is a promise to the person, and goes when the conversation is cancelled; the ones that
    staff rely on have none. Urgent jobs never wait for others. A dead job keeps its key until staff have
    revived it and it is done.
    """
    row = {"key": key, "kind": kind, "urgent": urgent, "person": person, "session": session, "due": due}
    row |= {"payload": json.dumps(payload or {}), "leased_until": 0.0, "lease": "", "attempts": 0}
    # PostgreSQL's spelling of this is SQLite's too.
    new = insert(jobs).values(**row, state="waiting").on_conflict_do_nothing(index_elements=["key"])
    return connection.execute(new.returning(jobs.c.id)).one_or_none() is not None


def cancel(
    connection: Connection, *, session: int | None = None, person: str | None = None, kind: str = "*"
) -> None:
    """Forgets the waiting jobs of a conversation or, over all conversations, of a person.

    One ``kind``, or all for ``"*"``. Those without a session are kept, and dead ones too. A claimed one
    stays until its worker has finished it: the turn that it brought may be what cancels it, and its
    replies must survive a crash before they are sent.
    """
    found = (jobs.c.leased_until == 0.0) & (jobs.c.state == "waiting")
    found &= jobs.c.session == session if session is not None else jobs.c.session.is_not(None)
    if person is not None:
        found &= jobs.c.person == person
    if kind != "*":
        found &= jobs.c.kind == kind
    assert session is not None or person is not None
    connection.execute(delete(jobs).where(found))


def held(connection: Connection, job: Job) -> bool:
    """Whether ``job`` is still ours. On PostgreSQL nobody can take it over before this transaction ends."""
    return connection.execute(select(jobs.c.id).where(_ours(job)).with_for_update()).one_or_none() is not None


def remember(connection: Connection, job: Job, payload: Mapping[str, Any]) -> None:
    """Gives ``job`` another payload for the next time, if it is still ours."""
    connection.execute(update(jobs).where(_ours(job)).values(payload=json.dumps(payload)))


def count(connection: Connection, now: float) -> Counts:
    """How many jobs are due, late and dead, in one look at those that are due."""
    free, late = jobs.c.leased_until <= now, jobs.c.due <= now - LATE_SECONDS
    sums = [func.coalesce(func.sum(case((which, 1), else_=0)), 0) for which in (free, free & late)]
    due = connection.execute(select(*sums, func.min(jobs.c.due)).where(_due(now))).one()
    dead = connection.execute(select(func.count()).where(jobs.c.state == "dead")).scalar_one()
    return Counts(int(due[0]), int(due[1]), int(dead), due[2])


class Jobs:
    """The worker's side of the table.

    `finish`, `repeat`, `put_back` and `bury` do nothing, and say so with false, when the lease was over and
    another worker has taken the job over, or when it is gone.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def claim(self, now: float, lease: float, *, urgent: bool = False) -> Job | None:
        """The job that is due longest, held for ``lease`` seconds; ``None`` when none is due.

        Either among the urgent ones or among the others. A worker that dies leaves its job to others once
        the lease is over.
        """
        values = {"now": now, "until": now + lease, "hurry": urgent, "token": secrets.token_hex(8)}
        with self._database.transaction() as connection:
            row = connection.execute(_CLAIM, values).mappings().one_or_none()
        return Job(**{**row, "payload": json.loads(row["payload"])}) if row else None

    def rouse(self, now: float, lease: float, kinds: Iterable[str] = ()) -> None:
        """For after the clock was put back: what is urgent, or of ``kinds``, is due now and not some day.

        Nothing is held for longer than ``lease`` seconds from now.
        """
        someday = (jobs.c.urgent | jobs.c.kind.in_(tuple(kinds))) & (jobs.c.due > now)
        with self._database.transaction() as connection:
            connection.execute(update(jobs).where(jobs.c.state == "waiting", someday).values(due=now))
            held_long = update(jobs).where(jobs.c.leased_until > now + lease)
            connection.execute(held_long.values(leased_until=now + lease))

    def finish(self, job: Job) -> bool:
        """The job is done, and forgotten."""
        with self._database.transaction() as connection:
            gone = delete(jobs).where(_ours(job)).returning(jobs.c.id)
            return connection.execute(gone).one_or_none() is not None

    def repeat(self, job: Job, due: float) -> bool:
        """The job went well and is to be done again at ``due``."""
        return self._change(job, due=due, attempts=0, error=None)

    def put_back(self, job: Job, now: float, error: str) -> bool:
        """The job failed: it is tried again after a `pause`, or dead after `ATTEMPTS` times."""
        if job.attempts >= ATTEMPTS:
            return self.bury(job, error)
        return self._change(job, due=now + pause(job.attempts), error=error)

    def bury(self, job: Job, error: str) -> bool:
        """The job cannot be done: it stays, dead, for staff to see (``python -m desk jobs``)."""
        return self._change(job, state="dead", error=error)

    def revive(self, job_id: int, now: float) -> bool:
        """A dead job is due again; false when there is none."""
        again = {"state": "waiting", "due": now, "attempts": 0}
        with self._database.transaction() as connection:
            found = (jobs.c.id == job_id) & (jobs.c.state == "dead")
            changed = update(jobs).where(found).values(**again).returning(jobs.c.id)
            return connection.execute(changed).one_or_none() is not None

    def counts(self, now: float) -> Counts:
        """How many jobs are due, late and dead."""
        with self._database.reading() as connection:
            return count(connection, now)

    def troubled(self, now: float, most: int) -> list[Trouble]:
        """The dead jobs, then the late ones, each oldest first; no more than ``most``."""
        columns = [jobs.c[name] for name in ("id", "kind", "state", "due", "attempts", "error")]
        dead = select(*columns).where(jobs.c.state == "dead")
        late = select(*columns).where(_due(now - LATE_SECONDS), jobs.c.leased_until <= now)
        found: list[Trouble] = []
        with self._database.reading() as connection:
            for which in (dead, late):
                query = which.order_by(jobs.c.due).limit(most - len(found))
                found += [Trouble(*row) for row in connection.execute(query)]
        return found

    def _change(self, job: Job, **values: Any) -> bool:
        with self._database.transaction() as connection:
            changed = update(jobs).where(_ours(job)).values(**values, leased_until=0.0, lease="")
            return connection.execute(changed.returning(jobs.c.id)).one_or_none() is not None


def _due(now: float) -> Any:
    # Both kinds are named so that the index leads past the many that are not due yet.
    return (jobs.c.state == "waiting") & jobs.c.urgent.in_([False, True]) & (jobs.c.due <= now)


def _ours(job: Job) -> Any:
    return (jobs.c.id == job.id) & (jobs.c.lease == job.lease)
