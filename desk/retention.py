"""Forgets what nobody needs any more: each day, what is older than its level says."""

import logging
from collections.abc import Mapping

from sqlalchemy import delete, exists, or_, select

from flows.levels import Level
from store.forget import AGAIN_SECONDS, forget
from store.jobs import Job
from store.journal import Journal
from store.store import Store
from store.tables import alerts, handled, requests, sends, sessions

log = logging.getLogger(__name__)

_DAY_SECONDS = 24 * 3600.0
# So many conversations in one transaction: turns wait for no more.
_AT_ONCE = 50


class Retention:
    """The worker's hand for the standing job ``retention``.

    ``days`` says how long after its last turn a conversation of each level is kept. One that staff have not
    closed stays. Of the ``journal``, what was set aside is kept as long as the longest of them.
    """

    def __init__(self, store: Store, journal: Journal, days: Mapping[Level, int]) -> None:
        self._store = store
        self._journal = journal
        self._days = days

    def __call__(self, job: Job, now: float) -> float:  # noqa: ARG002
        """Forgets what is due, and says when to look again."""
        count = 0
        while some := self._some(now):
            count += some
        oldest = now - max(self._days.values()) * _DAY_SECONDS
        with self._store.database.transaction() as connection:
            # What staff were told that belongs to no conversation.
            connection.execute(delete(sends).where(sends.c.session.is_(None), sends.c.created_at < oldest))
            connection.execute(delete(handled).where(handled.c.at < now - AGAIN_SECONDS))
            connection.execute(delete(requests).where(requests.c.at < now - _DAY_SECONDS))
        files = self._journal.forget(oldest)
        log.info("%d conversations and %d files of the journal were forgotten", count, files)
        return now + _DAY_SECONDS

    def _some(self, now: float) -> int:
        """Forgets a few, and says how many."""
        live = exists().where(alerts.c.session == sessions.c.id, alerts.c.state != "closed")
        old = or_(
            *(
                (sessions.c.level == level.id) & (sessions.c.last_at < now - days * _DAY_SECONDS)
                for level, days in self._days.items()
            )
        )
        found = select(sessions.c.id).where(old, ~live).limit(_AT_ONCE)
        with self._store.database.transaction() as connection:
            conversations = connection.execute(found).scalars().all()
            if conversations:
                forget(connection, conversations, now)
        return len(conversations)
