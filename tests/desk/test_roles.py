"""Who may see what at the console: staff those who need somebody, leads everybody's history."""

from flask.testing import FlaskClient

from desk.users import Role
from flows.session import Session
from flows.turn import Turn
from tests.desk.gym import PERSON, SAM, Desk
from tests.desk.pages import HERE, does, page, role, texts, token


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
