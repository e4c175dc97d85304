"""What is to be done later: put down with the turn that asked for it, claimed by one worker at a time."""

from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from store.database import Database
from store.tables import jobs

_FREE = (jobs.c.due <= bindparam("now")) & (jobs.c.leased_until <= bindparam("now"))
_CLAIM = (
    update(jobs)
    .where(jobs.c.id == select(jobs.c.id).where(_FREE).order_by(jobs.c.due).limit(1).scalar_subquery())
    .values(leased_until=bindparam("until"), attempts=jobs.c.attempts + 1)
    .returning(jobs.c.id, jobs.c.kind, jobs.c.person, jobs.c.attempts)
)


@dataclass(frozen=True)
class Job:
    """A job that this worker holds. ``attempts`` counts this one; ``key`` is its idempotency key."""

    id: int
    kind: str
    person: str
    attempts: int

    @property
    def key(self) -> str:
        return f"job:{self.id}"


def schedule(connection: Connection, *, person: str, session: int, turn: int, kind: str, due: float) -> None:
    """Puts down a job, in place of one of this kind that still waits."""
    cancel(connection, session, kind)
    row = {"key": f"{turn}:{kind}", "kind": kind, "person": person, "session": session, "due": due}
    connection.execute(insert(jobs).values(**row, leased_until=0.0, attempts=0))


def cancel(connection: Connection, session: int, kind: str) -> None:
    """Forgets the waiting jobs of one kind of a conversation, or all of them for ``"*"``.

    A claimed one stays until its worker has finished it: the turn that it brought may be what cancels
    it, and its replies must survive a crash before they are sent.
    """
    found = (jobs.c.session == session) & (jobs.c.leased_until == 0.0)
    connection.execute(delete(jobs).where(found if kind == "*" else found & (jobs.c.kind == kind)))


class Jobs:
    """The worker's side of the table."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def claim(self, now: float, lease: float) -> Job | None:
        """The job that is due longest, held for ``lease`` seconds; ``None`` when none is due.

        A worker that dies leaves its job to others once the lease is over.
        """
        with self._database.transaction() as connection:
            row = connection.execute(_CLAIM, {"now": now, "until": now + lease}).one_or_none()
        return Job(*row) if row else None

    def finish(self, job: Job) -> None:
        """The job is done. One that was cancelled meanwhile is gone already."""
        with self._database.transaction() as connection:
            connection.execute(delete(jobs).where(jobs.c.id == job.id))

    def put_back(self, job: Job, due: float) -> None:
        """The job failed and is tried again at ``due``."""
        with self._database.transaction() as connection:
            connection.execute(update(jobs).where(jobs.c.id == job.id).values(due=due, leased_until=0.0))
