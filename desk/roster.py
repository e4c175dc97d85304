"""Who is told: the people of each site, and who of them is on duty."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from flows.levels import Level

Way = Literal["text", "call"]
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Contact:
    """Somebody of the staff: a ``number`` (``+1…``), the ``ways`` to reach them there, their language."""

    id: str
    name: str
    number: str
    ways: tuple[Way, ...] = ("text", "call")
    language: str = "en"


@dataclass(frozen=True)
class Shift:
    """``contacts`` are on duty from ``begin`` to ``end`` on ``days`` (0 is Monday).

    An ``end`` that is not after ``begin`` is on the day after.
    """

    days: frozenset[int]
    begin: time
    end: time
    contacts: tuple[Contact, ...]

    def covers(self, now: float, zone: ZoneInfo) -> bool:
        """Whether ``now`` (seconds since 1970) is in it, by the clocks of ``zone``.

        When the clocks change in the middle, an hour that is there twice or not at all makes the shift
        longer: two people too many are better than nobody.
        """
        today = datetime.fromtimestamp(now, zone).date()
        return any(self._covers(day, now, zone) for day in (today - _DAY, today))

    def _covers(self, day: date, now: float, zone: ZoneInfo) -> bool:
        last = day if self.end > self.begin else day + _DAY
        begin = min(_instants(day, self.begin, zone))
        return day.weekday() in self.days and begin <= now < max(_instants(last, self.end, zone))


def _instants(day: date, clock: time, zone: ZoneInfo) -> tuple[float, float]:
    """Both times that a clock on the wall may mean; mostly they are the same."""
    first, second = (datetime.combine(day, clock, zone).replace(fold=fold).timestamp() for fold in (0, 1))
    return first, second


@dataclass(frozen=True)
class Site:
    """A gym. ``wait`` is how many seconds each contact has to answer, by level.

    ``numbers`` are the line's numbers that people of this site text, ``kiosks`` says where each one
    stands, and ``fallback`` is told while nobody is on duty.
    """

    id: str
    name: str
    zone: ZoneInfo
    wait: Mapping[Level, float]
    numbers: frozenset[str]
    kiosks: Mapping[str, str]
    shifts: tuple[Shift, ...]
    fallback: tuple[Contact, ...]

    def on_duty(self, now: float) -> tuple[Contact, ...]:
        """Who is on duty now, in the order to tell them."""
        covering = [shift for shift in self.shifts if shift.covers(now, self.zone)]
        return tuple(dict.fromkeys(one for shift in covering for one in shift.contacts))


@dataclass(frozen=True)
class Roster:
    """Everybody who may be told, and the sites, each by its name in the file and in its order."""

    contacts: Mapping[str, Contact]
    sites: Mapping[str, Site]

    def site(self, name: str, kiosk: str) -> Site | None:
        """The site that a conversation belongs to; the only one there is, when nothing says which."""
        if name in self.sites:
            return self.sites[name]
        sites = list(self.sites.values())
        at_kiosk = [one for one in sites if kiosk in one.kiosks]
        found = at_kiosk or sites
        return found[0] if len(found) == 1 else None

    def site_texted_at(self, number: str) -> Site | None:
        """The site whose people text ``number``."""
        return next((one for one in self.sites.values() if number in one.numbers), None)

    def to_tell(self, site: Site | None, now: float) -> tuple[Contact, ...]:
        """Whom to tell of an alert at ``site`` now, in order.

        Those on duty, else the site's fallback, else everybody. Where the site is not known, those on
        duty anywhere.
        """
        sites = [site] if site else list(self.sites.values())
        on_duty = [contact for one in sites for contact in one.on_duty(now)]
        fallback = [contact for one in sites for contact in one.fallback]
        return tuple(dict.fromkeys(on_duty or fallback or self.contacts.values()))

    def contact_at(self, address: str) -> Contact | None:
        """Who texts from ``address``, which may be a ``whatsapp:`` one."""
        number = address.rpartition(":")[2]
        return next((one for one in self.contacts.values() if one.number == number), None)
