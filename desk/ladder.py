"""The escalation ladder: whom to page next, and what the person may be told. Pure: no clock, no database."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from desk.roster import Contact, Way
from flows.levels import Level

# What the person was told last. They are told that staff know only when a page was handed over.
Told = Literal["", "staff", "nobody", "seen"]

# How long to wait for a roster with somebody in it.
NOBODY_SECONDS = 60.0
# Each round of the ladder is followed by a longer pause than the one before, up to this.
LONGEST_PAUSE = 900.0
# So much the clocks of two machines may differ.
_CLOCKS_APART = 5.0


@dataclass(frozen=True)
class Rung:
    """One way to reach one contact."""

    contact: Contact
    way: Way


@dataclass(frozen=True)
class Page:
    """A page that was put down for ``contact`` (an id) at ``at``. ``failed``: it will not arrive."""

    contact: str
    way: Way
    at: float
    failed: bool


@dataclass(frozen=True)
class Standing:
    """How far an alert has come since it was raised last: ``pages`` of its ``round`` (from 0), oldest first.

    ``handed_over``: some page since then has really left.
    """

    state: str
    level: Level
    round: int
    pages: tuple[Page, ...]
    told: Told
    handed_over: bool


@dataclass(frozen=True)
class Move:
    """What to do now: ``page`` somebody, ``tell`` the person; and when to look again (``None``: never)."""

    round: int
    until: float | None
    page: Rung | None = None
    tell: Told | None = None


@dataclass(frozen=True)
class Ahead:
    """The page that comes next while nobody answers, ``at`` a time (seconds since 1970).

    ``again``: everybody was paged in this round, and it begins another one.
    """

    rung: Rung
    at: float
    again: bool


def rungs(contacts: Sequence[Contact]) -> list[Rung]:
    """The ladder for ``contacts``: a text to each in turn, then a call to each."""
    ways: tuple[Way, ...] = ("text", "call")
    return [Rung(one, way) for way in ways for one in contacts if way in one.ways]


def pages_staff(standing: Standing) -> bool:
    """Whether staff are paged for it: it is urgent, and nobody has it."""
    return standing.state == "open" and standing.level >= Level.URGENT


def climb(standing: Standing, ladder: Sequence[Rung], wait: float, now: float) -> Move:
    """The next move of an alert whose contacts have ``wait`` seconds each.

    The ladder may be another one than last time, since shifts change: whoever is on it now and was not
    paged in this round comes next.
    """
    if not pages_staff(standing):
        return Move(standing.round, None)
    told: Told | None = "staff" if standing.handed_over and not standing.told else None
    if not ladder:
        return Move(standing.round, now + NOBODY_SECONDS, tell=_once("nobody", standing))
    last = standing.pages[-1] if standing.pages else None
    paged_at = last.at if last else now
    if paged_at > now + _CLOCKS_APART:
        # It was put down by a clock that was wrong, and nobody is to wait for that time.
        paged_at = 0.0
    answer_by = paged_at + wait if last and not last.failed else now
    if answer_by > now:
        return Move(standing.round, answer_by, tell=told)
    free = _not_paged(ladder, standing.pages)
    if free:
        return Move(standing.round, now + wait, free[0], told)
    # A whole round, and nobody answered.
    told = _once("nobody", standing)
    again_at = paged_at + min(wait * (standing.round + 1), max(wait, LONGEST_PAUSE))
    if again_at > now:
        return Move(standing.round, again_at, tell=told)
    return Move(standing.round + 1, now + wait, ladder[0], told)


def ahead(
    standing: Standing, ladder_at: Callable[[float], Sequence[Rung]], wait: float, now: float
) -> Ahead | None:
    """The page that comes next while nobody answers; ``None`` when nobody is left to page, or need be.

    It asks `climb` for its moves from ``now`` on, each at the time that the one before said. ``ladder_at``
    gives the ladder at a time, since the shift may change meanwhile.
    """
    at: float | None = now
    while at is not None and (ladder := ladder_at(at)):
        move = climb(standing, ladder, wait, at)
        if move.page:
            return Ahead(move.page, at, move.round != standing.round)
        at = move.until
    return None


def _once(told: Told, standing: Standing) -> Told | None:
    return told if standing.told != told else None


def _not_paged(ladder: Iterable[Rung], pages: Iterable[Page]) -> list[Rung]:
    paged = {(page.contact, page.way) for page in pages}
    return [rung for rung in ladder if (rung.contact.id, rung.way) not in paged]
