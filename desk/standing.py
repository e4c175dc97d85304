"""How an alert stands on its ladder: what was paged, whom to page, and how long each has. It only reads."""

from sqlalchemy import Connection, select

from desk.cases import Known
from desk.ladder import Page, Rung, Standing, rungs
from desk.page import Case
from desk.roster import Roster
from sms.carrier import LOST
from store.tables import sends

# Twilio has these, so the page has left the house.
_HANDED_OVER = ("sent", "delivered")
# How long each contact has where no site says so (s).
_WAIT_SECONDS = 60.0


def ladder_of(case: Case, roster: Roster | None, now: float) -> list[Rung]:
    """Whom to page at ``now`` (seconds since 1970), in order; nobody where there is no roster.

    Somebody of the staff who needs help is not told about themselves.
    """
    contacts = roster.to_tell(case.site, now) if roster else ()
    return rungs([one for one in contacts if one.number != case.person.rpartition(":")[2]])


def wait_of(case: Case, roster: Roster | None) -> float:
    """How long each contact has to answer (s): the shortest of all sites where the site is not known."""
    sites = [case.site] if case.site else list(roster.sites.values()) if roster else []
    return min((one.wait[case.level] for one in sites if case.level in one.wait), default=_WAIT_SECONDS)


def standing_of(connection: Connection, known: Known) -> Standing:
    """How far the alert has come since it was raised last."""
    row = known.row
    since = f"page:{known.id}:{row.turn}:"
    made = select(sends.c.key, sends.c.contact, sends.c.channel, sends.c.created_at, sends.c.state)
    rows = connection.execute(
        made.where(sends.c.alert == known.id, sends.c.key.startswith(since, autoescape=True)).order_by(
            sends.c.id
        )
    ).all()
    now_round = f"{since}{row.round}:"
    pages = tuple(
        Page(one.contact, "call" if one.channel == "call" else "text", one.created_at, one.state in LOST)
        for one in rows
        if one.key.startswith(now_round)
    )
    handed_over = any(one.state in _HANDED_OVER for one in rows)
    return Standing(row.state, known.level, row.round, pages, row.told, handed_over)
