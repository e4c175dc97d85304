"""Forgets what nobody needs any more."""

from store.jobs import Job
from store.offers import forget_offers
from store.store import Store

_EVERY_SECONDS = 60.0


class Forgetting:
    """The worker's hand for the standing job ``forget``: numbers at a kiosk that nobody said yes to."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def __call__(self, job: Job, now: float) -> float:  # noqa: ARG002
        """Looks once, and says when to look again."""
        with self._store.database.transaction() as connection:
            forget_offers(connection, now)
        return now + _EVERY_SECONDS
