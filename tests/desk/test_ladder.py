"""The ladder as a table: what has happened up to now, and what comes next."""

import pytest

from desk.ladder import LONGEST_PAUSE, Move, Page, Rung, Standing, Told, ahead, climb, rungs
from desk.roster import Contact
from flows.levels import Level

SAM, ALEX, KIM = (
    Contact("sam", "Sam", "+1"),
    Contact("alex", "Alex", "+2"),
    Contact("kim", "Kim", "+3", ("call",)),
)
LADDER = rungs([SAM, ALEX, KIM])
WAIT = 60.0
NOW = 1000.0


def pages(*made: tuple[str, float] | tuple[str, float, bool]) -> tuple[Page, ...]:
    """``("sam text", 1000.0)``; a third member says whether it failed."""
    found = []
    for name, at, *failed in made:
        contact, way = name.split()
        found.append(Page(contact, "call" if way == "call" else "text", at, bool(failed and failed[0])))
    return tuple(found)


def standing(
    *made: tuple[str, float] | tuple[str, float, bool],
    round: int = 0,
    told: Told = "",
    handed_over: bool = False,
    state: str = "open",
    level: Level = Level.EMERGENCY,
) -> Standing:
    return Standing(state, level, round, pages(*made), told, handed_over)


def named(move: Move) -> str:
    return f"{move.page.contact.id} {move.page.way}" if move.page else ""


ALL = (("sam text", 0.0), ("alex text", 60.0), ("sam call", 120.0), ("alex call", 180.0), ("kim call", 240.0))


def test_texts_come_before_calls_and_each_in_order() -> None:
    names = [f"{rung.contact.id} {rung.way}" for rung in LADDER]
    assert names == [name for name, _ in ALL]


@pytest.mark.parametrize(
    ("before", "now", "page", "until"),
    [
        (standing(), NOW, "sam text", NOW + WAIT),
        (standing(("sam text", NOW)), NOW + 59.9, "", NOW + WAIT),
        (standing(("sam text", NOW)), NOW + 60, "alex text", NOW + 60 + WAIT),
        (standing(("sam text", NOW, True)), NOW + 1, "alex text", NOW + 1 + WAIT),
        # It failed late: whoever was told after has their time.
        (standing(("sam text", NOW, True), ("alex text", NOW + 60)), NOW + 61, "", NOW + 60 + WAIT),
        (standing(*ALL[:2]), 120.0, "sam call", 180.0),
        (standing(*ALL[:4]), 240.0, "kim call", 300.0),
        (standing(*ALL), 299.0, "", 300.0),
        (standing(*ALL), 300.0, "sam text", 360.0),
        # The clock was put back since: nobody waits until it says that time again.
        (standing(("sam text", NOW + 86400)), NOW, "alex text", NOW + WAIT),
        (standing(*((name, at + 86400) for name, at in ALL)), NOW, "sam text", NOW + WAIT),
        # The clock of another machine is a little ahead.
        (standing(("sam text", NOW + 1)), NOW, "", NOW + 1 + WAIT),
        # Later rounds are further apart.
        (standing(*ALL, round=1, told="nobody"), 300.0, "", 360.0),
        (standing(*ALL, round=1, told="nobody"), 360.0, "sam text", 420.0),
        (standing(*ALL, round=500, told="nobody"), 301.0, "", 240.0 + LONGEST_PAUSE),
    ],
)
def test_the_next_page(before: Standing, now: float, page: str, until: float) -> None:
    move = climb(before, LADDER, WAIT, now)
    assert (named(move), move.until) == (page, until)


def test_a_round_that_failed_altogether_is_not_begun_again_at_once() -> None:
    failed = standing(*((name, NOW, True) for name, _ in ALL))
    move = climb(failed, LADDER, WAIT, NOW + 1)
    assert (named(move), move.tell, move.until) == ("", "nobody", NOW + WAIT)


def test_after_a_whole_round_the_next_one_is_counted() -> None:
    assert climb(standing(*ALL), LADDER, WAIT, 299.0).round == 0
    assert climb(standing(*ALL), LADDER, WAIT, 300.0).round == 1


@pytest.mark.parametrize(
    ("before", "now", "told"),
    [
        (standing(("sam text", NOW)), NOW + 1, None),
        (standing(("sam text", NOW), handed_over=True), NOW + 1, "staff"),
        (standing(("sam text", NOW), handed_over=True), NOW + 60, "staff"),
        (standing(("sam text", NOW), handed_over=True, told="staff"), NOW + 1, None),
        (standing(*ALL, handed_over=True, told="staff"), 299.0, None),
        (standing(*ALL, handed_over=True, told="staff"), 300.0, "nobody"),
        # Nothing ever left the house: they are not told first that staff know.
        (standing(*ALL), 300.0, "nobody"),
        (standing(*ALL, handed_over=True), 300.0, "nobody"),
        (standing(*ALL, round=3, handed_over=True, told="nobody"), 900.0, None),
    ],
)
def test_the_person_is_told_what_is_true(before: Standing, now: float, told: Told | None) -> None:
    assert climb(before, LADDER, WAIT, now).tell == told


@pytest.mark.parametrize("told", ["", "staff"])
def test_with_nobody_to_page_the_person_is_told_once(told: Told) -> None:
    move = climb(standing(told=told), [], WAIT, NOW)
    assert (move.page, move.tell) == (None, "nobody")
    assert move.until is not None
    assert NOW < move.until <= NOW + 60
    again = climb(standing(told="nobody"), [], WAIT, NOW)
    assert (again.tell, again.until) == (None, move.until)


@pytest.mark.parametrize(
    "before",
    [
        standing(state="acknowledged"),
        standing(state="closed"),
        standing(level=Level.STOP_TODAY),
        standing(("sam text", NOW), state="acknowledged", handed_over=True),
    ],
)
def test_what_is_answered_or_can_wait_pages_nobody(before: Standing) -> None:
    assert climb(before, LADDER, WAIT, NOW + 600) == Move(before.round, None)


def test_when_the_shift_changes_the_new_people_come_next() -> None:
    early = standing(("sam text", NOW))
    late = [Rung(ALEX, "text"), Rung(KIM, "call")]
    assert named(climb(early, late, WAIT, NOW + 60)) == "alex text"
    assert named(climb(standing(*ALL[:2]), late, WAIT, 600.0)) == "kim call"


@pytest.mark.parametrize(
    ("before", "now", "page", "at", "again"),
    [
        (standing(), NOW, "sam text", NOW, False),
        (standing(("sam text", NOW)), NOW + 20, "alex text", NOW + WAIT, False),
        # Late, since no worker runs: it is due now.
        (standing(("sam text", NOW)), NOW + 500, "alex text", NOW + 500, False),
        (standing(("sam text", NOW, True)), NOW + 1, "alex text", NOW + 1, False),
        (standing(*ALL[:4]), 200.0, "kim call", 240.0, False),
        (standing(*ALL), 250.0, "sam text", 300.0, True),
        # Everybody had their time, and it pauses until the next round.
        (standing(*ALL, round=2), 250.0, "sam text", 420.0, True),
        (standing(*ALL, round=2), 310.0, "sam text", 420.0, True),
    ],
)
def test_what_comes_next_is_known_ahead(
    before: Standing, now: float, page: str, at: float, again: bool
) -> None:
    found = ahead(before, lambda _: LADDER, WAIT, now)
    assert found is not None
    assert (f"{found.rung.contact.id} {found.rung.way}", found.at, found.again) == (page, at, again)
    # It is what the ladder does then, and nothing comes before.
    assert named(climb(before, LADDER, WAIT, at)) == page
    assert at == now or named(climb(before, LADDER, WAIT, at - 0.1)) == ""


def test_whoever_is_on_the_next_shift_is_known_ahead() -> None:
    found = ahead(
        standing(("sam text", NOW)), lambda at: [Rung(KIM, "call")] if at > NOW else LADDER, WAIT, NOW
    )
    assert found is not None
    assert found.rung == Rung(KIM, "call")


@pytest.mark.parametrize(
    ("before", "ladder"),
    [
        (standing(), []),
        (standing(*ALL), []),
        (standing(state="acknowledged"), LADDER),
        (standing(state="closed"), LADDER),
        (standing(level=Level.STOP_TODAY), LADDER),
    ],
)
def test_nothing_comes_where_nobody_is_left_or_need_be_paged(before: Standing, ladder: list[Rung]) -> None:
    assert ahead(before, lambda _: ladder, WAIT, NOW) is None
