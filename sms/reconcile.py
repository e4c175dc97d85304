"""What Twilio knows and we do not: texts that never reached us, and what became of ours."""

import logging
from collections.abc import Sequence

from sqlalchemy import select, update

from flows.broken import where
from sms.carrier import Carrier, News, SendError
from sms.late import LateMessages
from sms.limits import DAY_SECONDS
from sms.outbox import note
from store.jobs import Job, remember
from store.store import Store
from store.tables import handled, sends, turns

log = logging.getLogger(__name__)

# So long a webhook may still be under way.
_UNDER_WAY_SECONDS = 60.0
# Twilio's list may be behind what happened.
_OVERLAP_SECONDS = 900.0
# After so long a status callback is overdue. So many are asked about at a time, and those of one day.
_OVERDUE_SECONDS = 600.0
_ASK_AT_ONCE = 50
# As many values as any database takes in one statement.
_AT_ONCE = 500


class Reconcile:
    """The worker's hand for the standing job ``reconcile``; its payload says ``since`` when all is known.

    ``every`` is in seconds.
    """

    def __init__(self, store: Store, late: LateMessages, carrier: Carrier, *, every: float) -> None:
        self._store = store
        self._late = late
        self._carrier = carrier
        self._every = every

    def __call__(self, job: Job, now: float) -> float:
        """Looks once, and says when to look again. Whatever goes wrong, the job must never die."""
        try:
            since = float(job.payload.get("since", now))
            if since >= now:
                # Never looked, or by a clock that was wrong.
                since = now - DAY_SECONDS
            until = now - _UNDER_WAY_SECONDS
            if self._fetch(since - _OVERLAP_SECONDS, until, now):
                with self._store.database.transaction() as connection:
                    remember(connection, job, {"since": max(since, until)})
            self._ask_about_ours(now)
        except SendError as error:
            log.warning("Twilio cannot be asked what we missed: %s", error)
        except Exception as error:
            log.error("what we missed is not known: %s", where(error))
        return now + self._every

    def _fetch(self, since: float, until: float, now: float) -> bool:
        """Handles what came in and did not reach us; false when something of it could not be handled."""
        came = [one for one in self._carrier.received(since) if one.at <= until]
        known = self._known([one.message.id or "" for one in came])
        well = True
        for one in came:
            if one.message.id in known:
                continue
            log.warning("a message that never reached us was fetched, %(age)d s old", {"age": now - one.at})
            try:
                self._late.take(one.message, one.at, now)
            except Exception as error:
                log.error("a fetched message could not be handled: %s", where(error))
                well = False
        return well

    def _known(self, ids: Sequence[str]) -> set[str]:
        found: set[str] = set()
        for first in range(0, len(ids), _AT_ONCE):
            some = ids[first : first + _AT_ONCE]
            with self._store.database.transaction() as connection:
                for known in (turns.c.inbound, handled.c.inbound):
                    found |= set(connection.execute(select(known).where(known.in_(some))).scalars())
        return found

    def _ask_about_ours(self, now: float) -> None:
        """What became of texts and calls whose status callback is overdue."""
        overdue = (sends.c.state == "sent") & (sends.c.updated_at <= now - _OVERDUE_SECONDS)
        overdue &= sends.c.created_at > now - DAY_SECONDS
        columns = (sends.c.id, sends.c.channel, sends.c.sid)
        ours = select(*columns).where(overdue).order_by(sends.c.updated_at).limit(_ASK_AT_ONCE)
        with self._store.database.transaction() as connection:
            rows = connection.execute(ours).all()
        for row in rows:
            found = self._carrier.look_up(row.channel, row.sid)
            with self._store.database.transaction() as connection:
                news = News(row.id, found.sid, found.state, found.error)
                if not note(connection, news, now):
                    looked = update(sends).where(sends.c.id == row.id)
                    connection.execute(looked.values(updated_at=now))
