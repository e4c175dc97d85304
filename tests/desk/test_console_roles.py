"""Who may see and do what at the console, and the trail of it."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from desk.trail import Trail
from desk.users import Role
from flows.session import Session
from flows.turn import Turn
from tests.desk.at_the_console import HERE, does, page, role, texts, token
from tests.desk.gym import PERSON, SAM, Desk


@pytest.mark.parametrize("path", ["/desk/", "/desk/live", "/desk/conversations/1"])
def test_nothing_is_shown_to_strangers(app: Flask, desk: Desk, path: str) -> None:
    desk.alert()
    answer = app.test_client().get(path, base_url=HERE)
    assert answer.status_code in (302, 401)
    assert "legs" not in answer.get_data(as_text=True)


def test_what_came_of_it_is_told_in_words(client: FlaskClient, desk: Desk) -> None:
    desk.alert()
    does(client, "close", outcome="gone")
    desk.alert(person="+12025550177")
    desk.reply(SAM, "ok")
    desk.reply(SAM, f"done {desk.code}")
    assert '<p class="why">Closed.</p>' in page(client, "/desk/conversations/2")
    assert "It is for leads only." in client.get("/desk/history", base_url=HERE).text
    role(client, desk, Role.LEAD)
    assert "<td>Not found or not reached</td>" in page(client, "/desk/history")
    assert "2 by text, 0 at a kiosk" in page(client, "/desk/today")


def test_what_is_searched_for_stands_in_no_address_and_is_there_on_the_way_back(
    client: FlaskClient, desk: Desk
) -> None:
    desk.alert(said="my left knee")
    desk.alert(person="+12025550177", said="a zebra kicked me")
    role(client, desk, Role.LEAD)
    form = {"csrf_token": token(client, "/desk/history"), "q": "zebra", "level": ""}
    told = {"Referer": f"{HERE}/desk/history"}
    answer = client.post("/desk/history", data=form, base_url=HERE, headers=told)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/desk/history")
    for _ in range(2):
        shown = page(client, "/desk/history")
        assert ("zebra kicked" in shown, "left knee" in shown) == (True, False)
    assert client.post("/desk/history", data={"q": "zebra"}, base_url=HERE).status_code == 400
    client.post("/desk/history", data=form | {"q": PERSON}, base_url=HERE, headers=told)
    assert "left knee" in page(client, "/desk/history")
    # Another sign-in begins with everything.
    role(client, desk, Role.LEAD)
    assert "zebra kicked" in page(client, "/desk/history")


def test_every_look_and_action_is_in_the_trail(client: FlaskClient, desk: Desk) -> None:
    desk.alert()
    page(client, "/desk/conversations/1")
    does(client, "say", words="my secret words", key="a")
    entries = Trail(desk.store.database).about("conversation 1")
    actions = [entry.action for entry in entries]
    assert actions == ["looked at a conversation", "wrote", "looked at a conversation"]
    assert {entry.who for entry in entries} == {"kay"}
    assert "secret" not in str(entries)
    assert Trail(desk.store.database).verify().broken is None


def test_a_page_that_nobody_uses_tells_of_alarms_and_of_nobody(client: FlaskClient, desk: Desk) -> None:
    desk.alert()
    words, tells = (
        ("/desk/alerts", "/desk/conversations/1/talk", "/desk/awake"),
        ("/desk/alarm", "/desk/live"),
    )

    def statuses(paths: tuple[str, ...]) -> set[int]:
        answers = [client.get(path, base_url=HERE, buffered=False) for path in paths]
        for answer in answers:
            answer.close()
        return {answer.status_code for answer in answers}

    assert (page(client, "/desk/alarm"), statuses(words[:2])) == ("1", {200})
    desk.now += 31 * 60
    assert (statuses(words), statuses(tells)) == ({401}, {200})
    desk.now += 12 * 3600
    assert statuses(words + tells) == {401}


def test_a_form_that_is_not_from_our_page_does_nothing(client: FlaskClient, desk: Desk) -> None:
    desk.alert()
    answer = client.post("/desk/conversations/1/take", data={}, base_url=HERE)
    assert answer.status_code == 400
    assert desk.row()["state"] == "open"


def test_staff_see_whoever_needs_somebody_and_leads_see_all(client: FlaskClient, desk: Desk) -> None:
    desk.alert()
    desk.store.take_turn(
        "+12025550177", None, desk.now, lambda _: Turn(Session("back_pain", "1", "sms"), ()), "sore"
    )
    shown = "/desk/conversations/2"
    for path in (shown, f"{shown}/talk", "/desk/history", "/desk/kept"):
        answer = client.get(path, base_url=HERE)
        assert (answer.status_code, "sore" in answer.get_data(as_text=True)) == (403, False), path
    assert "/desk/history" not in page(client, "/desk/conversations/1")
    form, told = {"csrf_token": token(client, "/desk/"), "words": "hello"}, {"Referer": f"{HERE}/"}
    assert client.post(f"{shown}/say", data=form, base_url=HERE, headers=told).status_code == 403
    assert texts(desk) == []
    role(client, desk, Role.LEAD)
    assert "sore" in page(client, shown)
    assert "sore" in page(client, "/desk/history")
    assert client.get("/desk/kept", base_url=HERE).status_code == 403


def test_admins_give_people_what_is_kept_of_them_or_forget_it(client: FlaskClient, desk: Desk) -> None:
    desk.alert(said="cant feel my legs")
    role(client, desk, Role.ADMIN)

    def asks(action: str, **fields: str) -> str:
        form, told = fields | {"csrf_token": token(client, "/desk/")}, {"Referer": f"{HERE}/"}
        path = f"/desk/kept/{action}"
        return client.post(path, data=form, base_url=HERE, headers=told, follow_redirects=True).get_data(True)

    assert "cant feel my legs" in asks("export", number="+1 (202) 555-0123")
    assert "Write the whole number" in asks("export", number="202 555")
    assert '<p class="wrong" role="alert">Nothing was done. Tick the box' in asks("forget", number=PERSON)
    assert "still have an alert" in asks("forget", number=PERSON, sure="yes")
    does(client, "close", outcome="helped")
    assert '<p class="done" role="status">1 conversation was forgotten' in asks(
        "forget", number=PERSON, sure="yes"
    )
    assert "cant feel my legs" not in asks("export", number=PERSON)
    done = [one.action for one in Trail(desk.store.database).about("a number")]
    assert sorted(done) == ["delete", "delete", "export", "export"]
