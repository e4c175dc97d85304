"""What staff wrote and could not be taken is given back, to be sent again."""

import pytest
from flask.testing import FlaskClient

from desk.trail import Trail
from tests.conftest import Outage
from tests.desk.gym import PERSON, Desk
from tests.desk.pages import HERE, PASSWORD, does, filled_in, sends, texts, token

SAY = "/desk/conversations/1/say"


def test_what_could_not_be_noted_is_given_back_and_goes_out_once(
    client: FlaskClient, desk: Desk, outage: Outage
) -> None:
    desk.alert()
    form = {"csrf_token": token(client, "/desk/"), "words": "I am <coming>", "key": "a"}
    with outage():
        status, shown = sends(client, SAY, form)
        assert (status, "That could not be noted" in shown) == (503, True)
        assert client.get("/desk/conversations/1", base_url=HERE).status_code == 503
        assert client.get("/desk/today", base_url=HERE).status_code == 503
    given = filled_in(shown, SAY)
    assert (given["words"], given["key"]) == ("I am &lt;coming&gt;", "a")
    for _ in range(2):
        assert sends(client, SAY, given | {"words": "I am <coming>"})[0] == 303
    assert texts(desk) == [(PERSON, "I am <coming>")]


def test_what_the_trail_cannot_hold_is_not_done_and_given_back(
    client: FlaskClient, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.alert()
    form = {"csrf_token": token(client, "/desk/"), "words": "I am coming", "key": "a"}

    def full(*_: object) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr(Trail, "record", full)
    status, shown = sends(client, SAY, form)
    assert (status, filled_in(shown, SAY)["words"]) == (503, "I am coming")
    assert texts(desk) == []


def test_what_was_written_for_too_long_waits_behind_the_door(client: FlaskClient, desk: Desk) -> None:
    desk.alert()
    form = {"csrf_token": token(client, "/desk/"), "words": "I am coming", "key": "a"}
    desk.now += 31 * 60
    status, shown = sends(client, SAY, form)
    assert (status, "nothing was noted yet" in shown) == (401, True)
    door = filled_in(shown, "/desk/sign-in")
    status, shown = sends(client, "/desk/sign-in", door | {"name": "kay", "password": "a wrong one"})
    assert status == 401
    door = filled_in(shown, "/desk/sign-in")
    status, shown = sends(client, "/desk/sign-in", door | {"name": "kay", "password": PASSWORD})
    assert (status, "What you wrote was not sent yet." in shown) == (200, True)
    assert texts(desk) == []
    assert sends(client, SAY, filled_in(shown, SAY))[0] == 303
    assert texts(desk) == [(PERSON, "I am coming")]


def test_words_from_elsewhere_do_not_wait_behind_the_door(client: FlaskClient, desk: Desk) -> None:
    desk.alert()
    desk.now += 31 * 60
    status, shown = sends(client, SAY, {"csrf_token": "made up", "words": "Pay me"})
    assert (status, "Pay me" in shown) == (401, False)


def test_nothing_is_sent_after_stop(client: FlaskClient, desk: Desk) -> None:
    desk.alert(opted_out=True)
    assert "They texted STOP" in does(client, "say", words="Hello", key="a")
    assert texts(desk) == []
