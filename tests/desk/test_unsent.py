"""What staff wrote and could not be taken is given back, to be sent again."""

import re

import pytest
from flask.testing import FlaskClient

from desk.trail import Trail
from desk.users import Role
from flows.session import Session
from flows.turn import Turn
from rates import Rate
from tests.conftest import Outage
from tests.desk.gym import PERSON, Desk
from tests.desk.pages import HERE, PASSWORD, does, filled_in, role, sends, texts, token

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
    refused(client, "They texted STOP")
    assert texts(desk) == []


def test_what_comes_after_they_left_is_given_back(client: FlaskClient, desk: Desk) -> None:
    desk.alert(person="kiosk:abc")
    desk.now += 2 * 24 * 3600
    role(client, desk, Role.STAFF)
    refused(client, "They have left")
    # Nothing was written, so there is nothing to give back.
    shown = does(client, "back")
    assert "They have left" in shown
    assert "What you wrote" not in shown


def test_what_was_meant_for_an_older_conversation_is_given_back(client: FlaskClient, desk: Desk) -> None:
    desk.alert()
    desk.now += 2 * 24 * 3600

    def decide(_: Session | None) -> Turn:
        return Turn(Session("back_pain", "1", "sms", turns=1, last_at=desk.now), ())

    desk.store.take_turn(PERSON, None, desk.now, decide, "again")
    role(client, desk, Role.STAFF)
    refused(client, "They have begun a new conversation")
    assert texts(desk) == []


def refused(client: FlaskClient, why: str) -> None:
    """What staff write in conversation 1 is refused with ``why``, and given back."""
    form = {"csrf_token": token(client, "/desk/"), "words": "I am <coming>", "key": "a"}
    status, shown = sends(client, SAY, form)
    assert (status, why in shown) == (409, True)
    assert re.search(r"<textarea[^>]* readonly>I am &lt;coming&gt;</textarea>", shown)
    assert 'href="/desk/conversations/1"' in shown


def test_who_must_wait_is_told_how_long_and_gets_back_what_they_wrote(
    client: FlaskClient, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.alert()
    monkeypatch.setattr("rates.OTHERS", Rate(1, 1))
    form = {"csrf_token": token(client, "/desk/"), "words": "I am coming", "key": "a"}
    far = {"Referer": f"{HERE}/desk/", "Accept": "text/html", "X-Forwarded-For": "54.172.60.7"}
    assert client.get("/desk/awake", base_url=HERE, headers=far).status_code == 204
    answer = client.post(SAY, data=form, base_url=HERE, headers=far)
    assert answer.status_code == 429
    assert f"Try again in {answer.headers['Retry-After']} seconds." in answer.text
    assert filled_in(answer.text, SAY)["words"] == "I am coming"
    answer = client.post(SAY, data=form | {"csrf_token": "made up"}, base_url=HERE, headers=far)
    assert (answer.status_code, "I am coming" in answer.text) == (429, False)
    assert texts(desk) == []
