"""The console says whom the ladder pages next, and when: it is what then happens, and a look pages nobody."""

import re

import pytest
from flask.testing import FlaskClient

from desk.board import Coming, board
from desk.roster import Roster
from flows.levels import Level
from tests.desk.gym import WAIT, Desk, roster
from tests.desk.pages import does, page

BOTH = ["/desk/", "/desk/conversations/1"]


def coming(desk: Desk, known: Roster | None) -> Coming | None:
    """What the board says of the only alert."""
    with desk.store.database.reading() as connection:
        return board(connection, known, desk.now)[0].coming


def test_what_is_said_to_come_is_what_comes(desk: Desk) -> None:
    desk.alert()
    desk.sent()
    named = {"+12025550111": "Sam", "+12025550112": "Alex", "+12025550113": "Kim"}
    for _ in range(12):
        said = coming(desk, roster(desk.folder))
        assert said is not None
        desk.after(said.left - 1)
        assert desk.paged() == []
        desk.after(1)
        assert [(named[to], way) for to, way in desk.paged()] == [
            (said.name, {"text": "sms", "call": "call"}[said.way])
        ]


def test_with_nobody_to_page_that_is_said(desk: Desk) -> None:
    desk.alert()
    assert coming(desk, None) == Coming()


@pytest.mark.parametrize("path", BOTH)
def test_the_next_page_is_shown_until_somebody_is_on_it(client: FlaskClient, desk: Desk, path: str) -> None:
    desk.alert()
    desk.now += 20
    shown = page(client, path)
    assert re.search(r'Next: a text to Alex at 13:01, in <b class="left" data-left="40\.0+">1 min</b>', shown)
    desk.now += WAIT
    assert "Next: a text to Alex now" in page(client, path)
    # Only looked at.
    assert len(desk.sent()) == 1
    does(client, "take")
    assert "Next:" not in page(client, path)


@pytest.mark.parametrize("path", BOTH)
def test_after_a_whole_round_staff_are_told_to_call_themselves(
    client: FlaskClient, desk: Desk, path: str
) -> None:
    desk.alert()
    desk.after(0)
    for _ in range(3):
        desk.after(WAIT)
    assert "Everybody was paged, so call somebody yourself if you can. Next: a text to Sam again at" in page(
        client, path
    )


@pytest.mark.parametrize("path", BOTH)
def test_what_can_wait_has_no_next_page(client: FlaskClient, desk: Desk, path: str) -> None:
    desk.alert(level=Level.STOP_TODAY)
    shown = page(client, path)
    assert "Nobody is on it yet." in shown
    assert "Next:" not in shown
    assert "call somebody yourself" not in shown
