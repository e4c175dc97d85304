"""Nobody is woken: not where they live, not where they may be, and not when the clocks change."""

from datetime import UTC, datetime, time, tzinfo
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.waking_hours import waking, zones_of

NEW_YORK, LOS_ANGELES = ZoneInfo("America/New_York"), ZoneInfo("America/Los_Angeles")
LONDON, SYDNEY = ZoneInfo("Europe/London"), ZoneInfo("Australia/Sydney")
ZONES = st.sampled_from(sorted(available_timezones() - {"localtime", "posixrules", "Factory"})).map(ZoneInfo)
TIMES = st.floats(1_500_000_000, 2_200_000_000)


def at(text: str, zone: tzinfo, fold: int = 0) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=zone, fold=fold).timestamp()


def seen(moment: float, zone: tzinfo) -> str:
    return datetime.fromtimestamp(moment, zone).strftime("%Y-%m-%dT%H:%M")


@pytest.mark.parametrize(
    ("now", "then"),
    [
        ("2026-09-21T07:59", "2026-09-21T08:00"),
        ("2026-09-21T08:00", "2026-09-21T08:00"),
        ("2026-09-21T20:59", "2026-09-21T20:59"),
        ("2026-09-21T21:00", "2026-09-22T08:00"),
        ("2026-09-21T00:00", "2026-09-21T08:00"),
        ("2026-12-31T23:30", "2027-01-01T08:00"),
        # The clocks are put forward, and back, in the night.
        ("2026-03-07T22:00", "2026-03-08T08:00"),
        ("2026-03-08T03:30", "2026-03-08T08:00"),
        ("2026-11-01T01:30", "2026-11-01T08:00"),
    ],
)
def test_the_night_is_waited_out(now: str, then: str) -> None:
    assert seen(waking(at(now, NEW_YORK), [NEW_YORK]), NEW_YORK) == then


def test_an_hour_that_is_there_twice_is_still_night_the_second_time() -> None:
    second = at("2026-11-01T01:30", NEW_YORK, fold=1)
    assert seen(waking(second, [NEW_YORK]), NEW_YORK) == "2026-11-01T08:00"


def test_a_morning_that_is_left_out_comes_the_day_after() -> None:
    # In Apia 30 December 2011 never was.
    apia = ZoneInfo("Pacific/Apia")
    assert seen(waking(at("2011-12-29T22:00", apia), [apia]), apia) == "2011-12-31T08:00"


def test_it_is_day_wherever_the_number_can_be() -> None:
    both = [NEW_YORK, LOS_ANGELES]
    assert seen(waking(at("2026-09-21T09:00", NEW_YORK), both), LOS_ANGELES) == "2026-09-21T08:00"
    assert seen(waking(at("2026-09-21T19:00", LOS_ANGELES), both), LOS_ANGELES) == "2026-09-22T08:00"


def test_where_somebody_always_sleeps_the_gym_counts_if_they_can_be_there() -> None:
    apart = [LONDON, SYDNEY, NEW_YORK]
    night = at("2026-09-21T03:00", NEW_YORK)
    assert seen(waking(night, apart, NEW_YORK), NEW_YORK) == "2026-09-21T08:00"
    assert seen(waking(night, apart, LOS_ANGELES), LONDON) == "2026-09-21T08:00"
    assert seen(waking(night, apart), LONDON) == "2026-09-21T08:00"


@given(TIMES, ZONES)
def test_it_is_the_first_time_at_which_somebody_is_awake(now: float, zone: tzinfo) -> None:
    then = waking(now, [zone])
    assert time(8) <= datetime.fromtimestamp(then, zone).time() < time(21)
    # A night has eleven hours, and the clocks of a zone are put on by three at most.
    assert now <= then <= now + 14 * 3600
    if then > now:
        assert not time(8) <= datetime.fromtimestamp(now, zone).time() < time(21)
        assert not time(8) <= datetime.fromtimestamp(then - 1, zone).time() < time(21)


@given(TIMES, st.lists(ZONES, min_size=2, max_size=4), st.booleans())
def test_in_several_zones_it_is_day_in_all_or_there_is_no_such_time(
    now: float, zones: list[tzinfo], at_home: bool
) -> None:
    def day(moment: float, zone: tzinfo) -> bool:
        return time(8) <= datetime.fromtimestamp(moment, zone).time() < time(21)

    home = zones[-1] if at_home else None
    then = waking(now, zones, home)
    if not all(day(then, zone) for zone in zones):
        assert day(then, home or zones[0])
        quarters = [now + 900 * count for count in range(2 * 96)]
        assert not any(all(day(one, zone) for zone in zones) for one in quarters[: 2 * 96 - 96])


@pytest.mark.parametrize(
    ("address", "home", "zones"),
    [
        ("+12125550123", None, ["America/New_York"]),
        ("+12125550123", LOS_ANGELES, ["America/New_York"]),
        ("whatsapp:+12135550123", None, ["America/Los_Angeles"]),
        ("+34600111222", None, ["Atlantic/Canary", "Europe/Madrid"]),
        # A mobile number that is too new for the list, a short number, a name.
        ("+491511234567", SYDNEY, ["Australia/Sydney"]),
        ("72345", SYDNEY, ["Australia/Sydney"]),
        ("Gym", None, ["Europe/Berlin"]),
        ("", None, ["Europe/Berlin"]),
    ],
)
def test_where_somebody_may_be(address: str, home: tzinfo | None, zones: list[str]) -> None:
    assert [str(zone) for zone in zones_of(address, "DE", home)] == zones


def test_where_nothing_at_all_is_known_it_goes_by_universal_time() -> None:
    assert zones_of("Gym", "AQ", None) == (UTC,)
