"""Carries an alert up the ladder: one look at how things stand, one move, and when to look again."""

import logging

from sqlalchemy import Connection, update

from desk.call import call_twiml, key_url
from desk.cases import Known, case_of, find, tell
from desk.ladder import Rung, climb
from desk.page import Case, page_text
from desk.roster_file import RosterFile
from desk.standing import ladder_of, standing_of, wait_of
from flows.broken import where
from sms.outbox import Outbox
from store.jobs import Job, schedule
from store.store import Store
from store.tables import alerts

log = logging.getLogger(__name__)

# After trouble. The job never dies: an alert that nobody is told of must not be given up.
_AGAIN_SECONDS = 10.0


class Paging:
    """The worker's hand for jobs ``escalate``, whose payload names the alert.

    The move and the job for the next look are kept in one transaction, so an open alert always has one.
    It does not matter how often it is asked: only what is due is done.
    """

    def __init__(self, store: Store, file: RosterFile, outbox: Outbox, public_url: str) -> None:
        self._store = store
        self._file = file
        self._outbox = outbox
        self._public_url = public_url

    def __call__(self, job: Job, now: float) -> float | None:
        """Does what is due; again in a moment when there was trouble."""
        try:
            with self._store.database.transaction() as connection:
                known = find(connection, int(job.payload["alert"]))
                until = self._move(connection, known, now) if known else None
                if known is None or until is None:
                    return None
                key = f"escalate:{known.id}:{known.row.turn}:{until:.3f}"
                if key == job.key:
                    return until
                payload = {"alert": known.id}
                schedule(connection, key=key, kind="escalate", due=until, payload=payload, urgent=True)
                return None
        except Exception as error:
            told = {"alert": job.payload.get("alert"), "job": job.id, "error": where(error)}
            log.error("alert %(alert)s could not be taken further: %(error)s", told)
            return now + _AGAIN_SECONDS

    def _move(self, connection: Connection, known: Known, now: float) -> float | None:
        roster = self._file.roster
        case = case_of(connection, known, roster)
        standing = standing_of(connection, known)
        ladder = ladder_of(case, roster, now) if known.row.state == "open" else []
        move = climb(standing, ladder, wait_of(case, roster), now)
        if move.tell:
            tell(connection, self._outbox, known, move.tell, now)
        if move.page:
            count = len(standing.pages) + 1 if move.round == standing.round else 1
            moved = {"round": move.round, "rung": count, "updated": now}
            connection.execute(update(alerts).where(alerts.c.id == known.id).values(**moved))
            self._page(connection, known, case, move.page, move.round, now)
        return move.until

    def _page(
        self, connection: Connection, known: Known, case: Case, rung: Rung, in_round: int, now: float
    ) -> None:
        contact = rung.contact
        if rung.way == "call":
            body = call_twiml(case, contact.language, key_url(self._public_url, known.id, contact.id))
        else:
            body = page_text(case, contact.language)
        self._outbox.put(
            connection,
            key=f"page:{known.id}:{known.row.turn}:{in_round}:{contact.id}:{rung.way}",
            kind="page",
            to=contact.number,
            body=body,
            now=now,
            channel="call" if rung.way == "call" else "sms",
            alert=known.id,
            session=known.row.session,
            contact=contact.id,
        )
