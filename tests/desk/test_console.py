"""The console through the whole application: alerts, taking over, closing, and the trail of it."""

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from desk.trail import Trail
from desk.users import Role, Users
from flows.events import Text
from flows.session import Session
from flows.turn import Turn
from server import Parts, create_app
from settings import Settings
from store.tables import sends as texted
from tests.conftest import Outage
from tests.desk.gym import ALEX, PERSON, SAM, WAIT, Desk
from voice.choose import Hearing

HERE = "https://desk.example.com"
PASSWORD = "a long and plain pass phrase"


@pytest.fixture
def app(desk: Desk) -> Iterator[Flask]:
    settings = Settings(data_dir=desk.folder, database_url=desk.url, worker=False)
    app = create_app(settings, Parts(desk.versions, Hearing(None, "nobody speaks")), lambda: desk.now)
    yield app
    app.extensions["spotter"].close()


@pytest.fixture
def client(app: Flask, desk: Desk) -> FlaskClient:
    """Somebody of the staff, signed in."""
    Users(desk.store.database).add("kay", Role.STAFF, PASSWORD, desk.now)
    client = app.test_client()
    form = {"name": "kay", "password": PASSWORD, "csrf_token": token(client, "/desk/sign-in")}
    answer = client.post("/desk/sign-in", data=form, base_url=HERE, headers={"Referer": f"{HERE}/"})
    assert answer.status_code == 302
    return client


def page(client: FlaskClient, path: str) -> str:
    answer = client.get(path, base_url=HERE)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def token(client: FlaskClient, path: str) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', page(client, path))
    assert found
    return found[1]


def does(client: FlaskClient, action: str, **fields: str) -> str:
    """What the page of conversation 1 shows after ``action`` there."""
    form = fields | {"csrf_token": token(client, "/desk/")}
    told = {"Referer": f"{HERE}/"}
    path = f"/desk/conversations/1/{action}"
    return client.post(path, data=form, base_url=HERE, headers=told, follow_redirects=True).get_data(True)


def sends(client: FlaskClient, path: str, form: dict[str, str]) -> tuple[int, str]:
    """The status and the page after ``form`` went to ``path``, without following it on."""
    answer = client.post(path, data=form, base_url=HERE, headers={"Referer": f"{HERE}/desk/"})
    return answer.status_code, answer.get_data(as_text=True)


def filled_in(shown: str, action: str) -> dict[str, str]:
    """What the form of the page ``shown`` that goes to ``action`` holds already."""
    form = shown.partition(f'action="{action}"')[2].partition("</form>")[0]
    held = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form))
    return held | dict(re.findall(r'<textarea name="([^"]+)"[^>]*>([^<]*)</textarea>', form))


def texts(desk: Desk) -> list[tuple[str, str]]:
    with desk.store.database.transaction() as connection:
        rows = connection.execute(select(texted.c.recipient, texted.c.body).where(texted.c.kind == "staff"))
        return [(row.recipient, row.body) for row in rows]


def session(desk: Desk) -> Session:
    found = desk.store.session(PERSON, desk.now)
    assert found is not None
    return found


@pytest.mark.parametrize("path", ["/desk/", "/desk/live", "/desk/conversations/1"])
def test_nothing_is_shown_to_strangers(app: Flask, desk: Desk, path: str) -> None:
    desk.alert()
    answer = app.test_client().get(path, base_url=HERE)
    assert answer.status_code in (302, 401)
    assert "legs" not in answer.get_data(as_text=True)


def test_who_needs_somebody_is_on_the_first_page(client: FlaskClient, desk: Desk) -> None:
    assert "Nobody needs you just now" in page(client, "/desk/")
    desk.alert(said="cant feel my <legs>")
    shown = page(client, "/desk/")
    for told in ("Emergency", desk.code, "Harbour Street", "cant feel my &lt;legs&gt;", "numb groin", "Sam"):
        assert told in shown
    assert PERSON not in shown


def test_what_was_said_after_staff_were_told_is_among_the_reasons(client: FlaskClient, desk: Desk) -> None:
    desk.alert(flags={"bladder_bowel": "present", "fever_unwell": "denied"})
    shown = page(client, "/desk/")
    assert "numb groin or bottom, no control of pee or poo" in shown
    assert "fever" not in shown


def test_taken_answered_handed_back_and_closed(client: FlaskClient, desk: Desk) -> None:
    desk.alert()
    assert "You are on it since" in does(client, "take")
    assert desk.row()["acknowledged_by"] == "kay"
    shown = does(client, "say", words="I am coming. Stay where you are.", key="a")
    assert "kay answers." in shown
    # The same form, sent twice.
    does(client, "say", words="I am coming. Stay where you are.", key="a")
    assert texts(desk) == [(PERSON, "I am coming. Stay where you are.")]
    assert "kay answers." not in does(client, "back")
    assert "Choose what came of it." in does(client, "close", outcome="nonsense")
    assert "Closed: Looked after here." in does(client, "close", outcome="helped")
    row = desk.row()
    assert (row["state"], row["closed_by"], row["outcome"]) == ("closed", "kay", "helped")


def test_what_came_of_it_is_chosen_and_never_given(client: FlaskClient, desk: Desk) -> None:
    desk.alert()
    assert 'name="outcome" required><option value="">' in page(client, "/desk/conversations/1")
    assert "Choose what came of it." in does(client, "close", outcome="")
    assert desk.row()["state"] == "open"


def test_who_cannot_come_after_all_lets_it_go_and_a_new_round_begins(client: FlaskClient, desk: Desk) -> None:
    desk.alert()
    desk.becomes("sent")
    assert "Not me after all" not in page(client, "/desk/conversations/1")
    assert "Not me after all" in does(client, "take")
    desk.after(WAIT * 3)
    desk.sent()
    shown = does(client, "release")
    assert "Nobody is on it yet." in shown
    assert "Not me after all" not in shown
    desk.work()
    assert (desk.row()["state"], desk.row()["acknowledged_by"]) == ("open", None)
    told, page_of = sorted(desk.sent(), key=lambda one: one.kind)
    assert told.body.startswith("The staff have been sent a message about you.")
    assert (page_of.to, page_of.channel) == (SAM, "sms")
    desk.after(WAIT)
    assert desk.paged() == [(ALEX, "sms")]
    for _ in range(3):
        desk.after(WAIT)
    # Also when they had been told that somebody has seen it.
    assert any("could not reach the staff" in one for one in desk.told())
    does(client, "take")
    assert desk.told() == ["kay from the staff has seen it. What I said still holds."]


def test_nobody_lets_go_what_another_has(client: FlaskClient, desk: Desk) -> None:
    desk.alert()
    desk.reply(SAM, "ok")
    assert "Sam is on it since" in does(client, "release")
    assert desk.row()["acknowledged_by"] == "sam"


def test_what_was_closed_too_soon_is_opened_again_and_paged(client: FlaskClient, desk: Desk) -> None:
    desk.alert()
    does(client, "close", outcome="false")
    desk.sent()
    code = desk.code
    assert "Open again" in page(client, "/desk/conversations/1")
    assert "Nobody is on it yet." in does(client, "open-again")
    desk.work()
    assert (desk.row()["state"], desk.row()["level"]) == ("open", "emergency")
    assert desk.code != code
    assert desk.paged() == [(SAM, "sms")]
    # Pressed twice, it is still one alert.
    before = desk.row()["id"]
    does(client, "open-again")
    assert desk.row()["id"] == before


def test_how_long_the_questions_pause_is_shown_and_true(client: FlaskClient, desk: Desk) -> None:
    desk.alert()
    assert "it goes on 15 minutes after the last message" in does(client, "say", words="Hello", key="a")
    desk.now += 5 * 60
    assert re.search(r'data-left="6\d\d\.\d+">10 min<', page(client, "/desk/conversations/1"))
    assert "kay answers." in page(client, "/desk/conversations/1")
    assert session(desk).due == pytest.approx(desk.now + 10 * 60)


def test_the_conversation_is_taken_over_without_a_word(client: FlaskClient, desk: Desk) -> None:
    desk.alert()
    assert "Take over without a message" in page(client, "/desk/conversations/1")
    shown = does(client, "say")
    assert "kay answers." in shown
    assert "Take over without a message" not in shown
    assert texts(desk) == []
    assert session(desk).held
    assert Trail(desk.store.database).about("conversation 1")[1].action == "took over"


def test_a_conversation_has_times_and_a_number_to_call(client: FlaskClient, desk: Desk) -> None:
    desk.alert()
    shown = page(client, "/desk/conversations/1")
    # On the clock of the gym.
    assert "<time>13:00</time>" in shown
    assert f'<a href="tel:{PERSON}">{PERSON}</a>' in shown
    desk.alert(person=f"whatsapp:{SAM}")
    assert f'<a href="tel:{SAM}">{SAM}</a> on WhatsApp' in page(client, "/desk/conversations/2")


def test_what_is_mine_is_marked(client: FlaskClient, desk: Desk) -> None:
    desk.alert()
    does(client, "take")
    assert '<b class="mine">You are</b> on it since' in page(client, "/desk/")


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


def test_what_they_have_and_have_not_is_told_apart_in_words(client: FlaskClient, desk: Desk) -> None:
    said = "no fever but i cant feel my legs"
    line = desk.line

    def decide(_: Session | None) -> Turn:
        session = line.open("sms", "US", "en")
        return line.step(session, Text(line.hear(session, said)), desk.now)

    desk.store.take_turn(PERSON, None, desk.now, decide, said)
    shown = page(client, "/desk/conversations/1")
    assert re.search(r'<mark data-polarity="denied">[^<]*fever[^<]*<small>has not: [^<]*fever', shown)
    assert re.search(r'<mark data-polarity="present">[^<]*legs[^<]*<small>has: [^<]*leg', shown)


def test_words_for_a_kiosk_wait_there_and_are_not_texted(client: FlaskClient, desk: Desk) -> None:
    desk.alert(person="kiosk:abc")
    shown = does(client, "say", words="Sit down.", key="a")
    assert "On its way to the kiosk: Sit down." in shown
    assert texts(desk) == []


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


def role(client: FlaskClient, desk: Desk, role: Role) -> None:
    """Kay gets another role, and signs in again."""
    Users(desk.store.database).set_role("kay", role)
    form = {"name": "kay", "password": PASSWORD, "csrf_token": token(client, "/desk/sign-in")}
    client.post("/desk/sign-in", data=form, base_url=HERE, headers={"Referer": f"{HERE}/"})
