"""When people may be texted who did not text first: never between 21:00 and 8:00 on their own clocks."""

from collections.abc import Iterable
from datetime import UTC, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import phonenumbers
from phonenumbers.timezone import UNKNOWN_TIMEZONE, time_zones_for_number

_MORNING, _EVENING = time(8), time(21)
_DAY = timedelta(days=1)
# Where there is an hour at which nobody sleeps, it comes within this time.
_SOON_SECONDS = 2 * 24 * 3600.0


def zones_of(address: str, country: str, home: tzinfo | None) -> tuple[tzinfo, ...]:
    """Where the person at ``address`` (``+1…``, ``whatsapp:+1…``) may be: all that its number can mean.

    A number that tells none is taken to be at ``home``, the zone of their gym; where that is not known
    either, in the zones of a usual number of ``country``.
    """
    try:
        found = _zones(phonenumbers.parse(address.rpartition(":")[2], None))
    except phonenumbers.NumberParseException:
        found = ()
    if found:
        return found
    return (home,) if home else _zones(phonenumbers.example_number(country)) or (UTC,)


def waking(at: float, zones: Iterable[tzinfo], home: tzinfo | None = None) -> float:
    """The first time from ``at`` on (seconds since 1970) at which nobody in any of ``zones`` is asleep.

    Where they lie too far apart for that, it goes by ``home`` if it is one of them, else by the first.
    """
    everywhere = tuple(zones)
    likely = home if home in everywhere else everywhere[0]
    then = at
    while then - at < _SOON_SECONDS:
        asleep = [zone for zone in everywhere if _asleep(then, zone)]
        if not asleep:
            return then
        then = max(_morning(then, zone) for zone in asleep)
    return _morning(at, likely) if _asleep(at, likely) else at


def _asleep(at: float, zone: tzinfo) -> bool:
    return not _MORNING <= datetime.fromtimestamp(at, zone).time() < _EVENING


def _morning(at: float, zone: tzinfo) -> float:
    """The first 8:00 after ``at``; a clock that is put forward over it shows a later hour then."""
    local = datetime.fromtimestamp(at, zone)
    day = local.date() if local.time() < _MORNING else local.date() + _DAY
    return datetime.combine(day, _MORNING, zone).timestamp()


def _zones(number: phonenumbers.PhoneNumber | None) -> tuple[tzinfo, ...]:
    names = time_zones_for_number(number) if number else ()
    return tuple(zone for name in names if name != UNKNOWN_TIMEZONE if (zone := _zone(name)))


def _zone(name: str) -> tzinfo | None:
    try:
        return ZoneInfo(name)
    except ZoneInfoNotFoundError:
        # The machine's list of zones may be older than that of numbers.
        return None
