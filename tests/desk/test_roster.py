"""Who is on duty, by the clock of the site; and a roster with a mistake is told, not guessed."""

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from desk.roster_file import RosterFile, load_roster
from flows.source import FlowError
from tests.desk.gym import MONDAY, ROSTER, roster, write_roster
from values import PROJECT

ZONE = ZoneInfo("America/New_York")


def at(text: str, fold: int = 0) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE, fold=fold).timestamp()


def on_duty(folder: Path, now: float, shifts: str) -> list[str]:
    head, _, rest = ROSTER.partition("    shifts:\n")
    text = f"{head}    shifts:\n{shifts}{rest[rest.index('    fallback') :]}"
    return [one.id for one in roster(folder, text).sites["harbour"].on_duty(now)]


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2026-11-23T05:59:59", []),
        ("2026-11-23T06:00:00", ["sam", "alex"]),
        ("2026-11-23T13:59:59", ["sam", "alex"]),
        ("2026-11-23T14:00:00", []),
        ("2026-11-23T22:00:00", ["alex"]),
        ("2026-11-24T05:59:59", ["alex"]),
        ("2026-11-24T06:00:00", []),
        ("2026-11-24T22:30:00", []),
    ],
)
def test_shifts_begin_and_end_by_the_clock_of_the_site(tmp_path: Path, now: str, expected: list[str]) -> None:
    site = roster(tmp_path).sites["harbour"]
    assert [one.id for one in site.on_duty(at(now))] == expected


def test_a_shift_from_and_to_the_same_time_is_a_whole_day(tmp_path: Path) -> None:
    shift = '      - {days: [mon], from: "09:00", to: "09:00", contacts: [sam]}\n'
    hours = [hour for hour in range(48) if on_duty(tmp_path, at("2026-11-23T00:30:00") + hour * 3600, shift)]
    assert hours == list(range(9, 33))


NIGHT = """\
      - {days: [sat], from: "22:00", to: "02:30", contacts: [sam]}
      - {days: [sun], from: "02:30", to: "10:00", contacts: [alex]}
"""


@pytest.mark.parametrize(
    ("begin", "hours", "both"),
    [
        # In spring 2:30 is not there, in autumn 1:30 is there twice: somebody is on duty all the same.
        ("2027-03-13T22:00:00", 11, 2),
        ("2026-10-31T22:00:00", 13, 0),
    ],
)
def test_nobody_is_missing_when_the_clocks_change(tmp_path: Path, begin: str, hours: int, both: int) -> None:
    minutes = [at(begin) + 60 * minute for minute in range(hours * 60)]
    duty = [on_duty(tmp_path, now, NIGHT) for now in minutes[::15]]
    assert all(duty)
    assert duty[0] == ["sam"]
    assert duty[-1] == ["alex"]
    assert sum(len(one) == 2 for one in duty) * 15 == both * 30


def test_an_hour_that_comes_twice_is_covered_twice(tmp_path: Path) -> None:
    shift = '      - {days: [sun], from: "01:00", to: "01:30", contacts: [sam]}\n'
    for fold in (0, 1):
        assert on_duty(tmp_path, at("2026-11-01T01:15:00", fold), shift) == ["sam"]


def test_with_nobody_on_duty_the_fallback_is_told_and_else_everybody(tmp_path: Path) -> None:
    evening = at("2026-11-23T15:00:00")
    with_fallback = roster(tmp_path)
    site = with_fallback.site("harbour", "")
    assert [one.id for one in with_fallback.to_tell(site, MONDAY)] == ["sam", "alex"]
    assert [one.id for one in with_fallback.to_tell(site, evening)] == ["kim"]
    without = roster(tmp_path, ROSTER.replace("    fallback: [kim]\n", ""))
    assert [one.id for one in without.to_tell(without.site("harbour", ""), evening)] == ["sam", "alex", "kim"]


TWO = """\
  mill:
    name: "Mill Lane"
    zone: "Europe/London"
    kiosks: {door: "at the door"}
    wait: {emergency: 30, urgent: 90}
    shifts: [{days: [mon], from: "00:00", to: "00:00", contacts: [kim]}]
"""


def test_a_conversation_is_found_at_its_site(tmp_path: Path) -> None:
    one, two = roster(tmp_path), roster(tmp_path, ROSTER + TWO)
    assert one.site("", "") is one.sites["harbour"]
    assert two.site("", "") is None
    assert two.site("", "door") is two.sites["mill"]
    assert two.site("harbour", "") is two.sites["harbour"]
    assert two.site_texted_at("+12025550199") is two.sites["harbour"]
    # Nobody knows where it is: whoever is on duty anywhere.
    assert [contact.id for contact in two.to_tell(None, MONDAY)] == ["sam", "alex", "kim"]


def test_staff_are_known_by_their_number(tmp_path: Path) -> None:
    known = roster(tmp_path)
    for address in ("+12025550111", "whatsapp:+12025550111"):
        contact = known.contact_at(address)
        assert contact is not None
        assert contact.name == "Sam"
    assert known.contact_at("+12025550123") is None


@pytest.mark.parametrize(
    ("right", "wrong", "line", "told", "mend"),
    [
        (
            '"06:00", to: "14',
            '06:00, to: "14',
            13,
            "`06:00`, which YAML reads as another",
            '"06:00" in quotes',
        ),
        ('"06:00", to: "14', '"6:00", to: "14', 13, "`from` is not a time of day", '`from: "06:00"`'),
        (
            'days: [mon], from: "06',
            'days: [moon], from: "06',
            13,
            "`days` is not a list of days",
            "[mon, tue]",
        ),
        ("contacts: [sam, alex]", "contacts: [sam, bob]", 13, "there is no contact `bob`", "sam, alex, kim"),
        ('"+12025550112"', '"+19115550112"', 3, "`+19115550112` is no phone number", "check its digits"),
        ('"+12025550112"', "+12025550112", 3, "`number` is not a phone number", "with its country"),
        ('"+12025550112"', '"+12025550111"', 3, "stands at contact `sam` too", "keep one"),
        ('"America/New_York"', '"America/Newyork"', 8, "no time zone `America/Newyork`", "Europe/London"),
        ("urgent: 180}", "urgent: 5}", 11, "`urgent` is not a number of seconds", "60"),
        ("    zone:", "    timezone:", 8, "unknown entry `timezone`", "zone"),
        ("kim: {name", "sam: {name", 4, "`sam` stands twice", "rename or remove"),
    ],
)
def test_a_mistake_is_told_with_its_place_and_its_mend(
    tmp_path: Path, right: str, wrong: str, line: int, told: str, mend: str
) -> None:
    assert right in ROSTER
    with pytest.raises(FlowError) as caught:
        roster(tmp_path, ROSTER.replace(right, wrong, 1))
    found = [str(one) for one in caught.value.findings if told in one.what]
    assert found, caught.value
    assert f"roster.yaml:{line}: error" in found[0]
    assert mend in found[0]
    assert "paged" in found[0]


@pytest.mark.parametrize("number", ["+1202555", "+1 (202) 555-0187", "12025550187", "+12025550112"])
def test_a_number_of_staff_is_not_logged(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, number: str
) -> None:
    file = RosterFile(write_roster(tmp_path, ROSTER.replace("+12025550111", number, 1)))
    assert file.roster is None
    assert "roster.yaml:2: error: " in caplog.text or "roster.yaml:3: error: " in caplog.text
    assert number not in caplog.text
    assert "…" in caplog.text


def test_a_roster_that_changes_is_taken_up_and_a_broken_one_is_not(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    file = RosterFile(tmp_path / "roster.yaml")
    assert file.roster is None
    assert file.sentence == f"Nobody is paged: {tmp_path / 'roster.yaml'} is not there"
    write_roster(tmp_path)
    assert file.sentence == "Alerts go to 3 staff at 1 site"
    write_roster(tmp_path, ROSTER.replace("[sam, alex]", "[sam, alexa]"))
    assert file.roster is not None
    assert file.sentence.startswith("Alerts go to 3 staff at 1 site; ")
    assert "there is no contact `alexa`" in caplog.text
    write_roster(tmp_path, ROSTER + TWO)
    assert file.sentence == "Alerts go to 3 staff at 2 sites"
    (tmp_path / "roster.yaml").unlink()
    assert file.roster is not None


def test_the_example_is_right() -> None:
    assert load_roster(PROJECT / "docs" / "roster.example.yaml").sites
