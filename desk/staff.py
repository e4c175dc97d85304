"""Answers staff who reply to a page. They are people with backs too: what is no reply is triaged."""

import logging
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from desk.acknowledgement import Acknowledgement, acknowledgement, codes_in
from desk.cases import Known, close, find_by_code, open_codes, paged_to, take
from desk.roster import Contact, Roster
from desk.roster_file import RosterFile
from desk.words import words
from flows.broken import where
from flows.heard import ANYTHING
from flows.versions import Versions
from sms.outbox import Outbox
from sms.segments import plain
from store.store import Store

log = logging.getLogger(__name__)

# A bare "ok" so long after it was taken is about something else.
_RECENT_SECONDS = 3600.0


class Staff:
    """What is said to staff by text. Safe to use from many threads."""

    def __init__(self, store: Store, file: RosterFile, versions: Versions, outbox: Outbox) -> None:
        self._store = store
        self._outbox = outbox
        self._file = file
        self._versions = versions

    def answer(self, sender: str, body: str, *, late: float | None = None) -> str | None:
        """The answer to a text of staff about an alert; ``None`` when it is from or about anything else.

        ``late`` is when it came, if that was not now: "ok" is about nothing that was raised since. Never
        raises: staff are told when it could not be noted.
        """
        roster = self._file.roster
        contact = roster.contact_at(sender) if roster else None
        if roster is None or contact is None:
            return None
        said = acknowledgement(body)
        if said is None and not codes_in(body):
            return None
        try:
            with self._store.database.transaction() as connection:
                # Not when it came: the database may have been busy, and staff were paged until now.
                desk = _Desk(connection, self._outbox, roster, contact, self._store.now(), late)
                return plain(desk.obey(said) if said else self._unclear(desk, body)) or None
        except Exception as error:
            log.error("a reply of staff could not be noted: %s", where(error))
            return plain(words(contact.language, "staff.failed")) if said and said.code else None

    def site_texted_at(self, number: str) -> str:
        """The name of the site whose people text ``number``; ``""`` when none is known."""
        roster = self._file.roster
        site = roster.site_texted_at(number) if roster else None
        return site.id if site else ""

    def _unclear(self, desk: "_Desk", body: str) -> str:
        """Says how to reply, to whoever names an alert of theirs and tells of no symptom."""
        line = self._versions.newest
        ears = line.ears.values() if line else ()
        if any(one.understand(body, ANYTHING).mentions for one in ears):
            return ""
        return desk.unclear(codes_in(body))


class _Desk:
    """One contact's reply, in one transaction."""

    def __init__(
        self,
        connection: Connection,
        outbox: Outbox,
        roster: Roster,
        contact: Contact,
        now: float,
        late: float | None,
    ) -> None:
        self._connection, self._outbox, self._roster = connection, outbox, roster
        self._contact, self._now, self._late = contact, now, late

    def obey(self, said: Acknowledgement) -> str:
        """Does what they say, and says what came of it; ``""`` when it is about no alert."""
        if said.code:
            known = find_by_code(self._connection, said.code)
            return self._unknown(said.code) if known is None else self._settle(known, said.kind)
        paged = paged_to(self._connection, self._contact)
        wanted = "open" if said.kind == "take" else "acknowledged"
        theirs = [one for one in paged if one.row.state == wanted]
        if self._late is not None:
            theirs = [one for one in theirs if one.row.raised_at <= self._late]
        if said.kind == "close":
            theirs = [one for one in theirs if one.row.acknowledged_by == self._contact.id]
        if len(theirs) == 1:
            return self._settle(theirs[0], said.kind)
        if theirs:
            return self._say("staff.which", open=self._open([one.row.code for one in theirs]))
        since = self._now - _RECENT_SECONDS
        taken = [one for one in paged if one.row.state == "acknowledged" and one.row.acknowledged_at > since]
        return self._has_it(taken[-1]) if taken else ""

    def unclear(self, numbers: list[str]) -> str:
        """How to reply about the first of ``numbers`` that is an alert of theirs; ``""`` when none is."""
        theirs = [one.row.code for one in paged_to(self._connection, self._contact)]
        code = next((number for number in numbers if number in theirs), "")
        return self._say("staff.unclear", code=code) if code else ""

    def _settle(self, known: Known, kind: str) -> str:
        code = known.row.code
        if known.row.state == "closed":
            return self._was_closed(known)
        if kind == "close":
            close(self._connection, self._outbox, known, self._contact, self._now)
            return self._say("staff.closed", code=code)
        if take(self._connection, self._outbox, known, self._contact, self._now):
            return self._say("staff.got", code=code)
        return self._has_it(known)

    def _has_it(self, known: Known) -> str:
        mine = known.row.acknowledged_by == self._contact.id
        named = name_of(self._roster, known.row.acknowledged_by)
        time = clock(self._roster, known, known.row.acknowledged_at)
        return self._say("staff.yours" if mine else "staff.taken", code=known.row.code, name=named, time=time)

    def _was_closed(self, known: Known) -> str:
        named = name_of(self._roster, known.row.closed_by)
        time = clock(self._roster, known, known.row.closed_at)
        return self._say("staff.was_closed", code=known.row.code, name=named, time=time)

    def _unknown(self, code: str) -> str:
        return self._say("staff.unknown", code=code, open=self._open(open_codes(self._connection)))

    def _open(self, codes: list[str]) -> str:
        return self._say("staff.open", codes=", ".join(codes)) if codes else self._say("staff.none_open")

    def _say(self, key: str, **values: object) -> str:
        return words(self._contact.language, key, **values)


def name_of(roster: Roster | None, contact: str | None) -> str:
    """What a contact is called; as in the database when the roster has them no more."""
    known = roster.contacts.get(contact or "") if roster else None
    return known.name if known else contact or ""


def clock(roster: Roster | None, known: Known, at: float | None) -> str:
    """The time ``at`` on the clock of the alert's site (``14:03``)."""
    site = roster.site(known.row.site, known.row.kiosk) if roster else None
    zone = site.zone if site else next((one.zone for one in roster.sites.values()), None) if roster else None
    return f"{datetime.fromtimestamp(at or 0.0, zone or ZoneInfo('UTC')):%H:%M}"
