"""The page by phone, as Twilio asks for it, and what a kiosk shows; through the whole application."""

from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest
from flask import Flask

from flows.line import Line
from server import Parts, create_app
from settings import Settings
from tests.conftest import Outage
from tests.desk.gym import SAM, WAIT, Desk
from tests.sms.phone import PUBLIC_URL, TOKEN, Answer, Phone
from voice.choose import Hearing

KIOSK = "kiosk:abc"


@pytest.fixture
def desk(database_url: str, tmp_path: Path, line: Line) -> Iterator[Desk]:
    desk = Desk(database_url, tmp_path, line)
    yield desk
    desk.store.database.close()


@pytest.fixture
def app(desk: Desk) -> Iterator[Flask]:
    """The same database and roster, behind the web."""
    settings = Settings(
        data_dir=desk.folder,
        database_url=desk.url,
        public_url=PUBLIC_URL,
        twilio_auth_token=TOKEN,
        worker=False,
    )
    app = create_app(settings, Parts(desk.versions, Hearing(None, "nobody speaks")), lambda: desk.now)
    yield app
    app.extensions["spotter"].close()


@pytest.fixture
def phone(app: Flask) -> Phone:
    return Phone(app.test_client(), SAM)


def call_sam(desk: Desk) -> int:
    """An alert whose pages went to Sam, Alex, and then to Sam by phone: the id of the call."""
    desk.alert(said="I can’t feel my legs")
    desk.after(WAIT)
    desk.after(WAIT)
    call = desk.sent()[-1]
    assert (call.to, call.channel) == (SAM, "call")
    return call.id


def post(phone: Phone, path: str, **fields: str) -> Answer:
    return phone.post(phone.fields("", **fields), path)


def spoken(answer: Answer) -> list[str]:
    return [one.text or "" for one in ElementTree.fromstring(answer.body).iter("Say")]


def test_the_call_says_what_it_is_about_and_waits_for_a_key(desk: Desk, phone: Phone) -> None:
    call = call_sam(desk)
    answer = post(phone, f"/desk/call/{call}")
    assert answer.status == 200
    root = ElementTree.fromstring(answer.body)
    [gather, again] = root.findall("Gather")
    assert gather.attrib["numDigits"] == "1"
    assert gather.attrib["action"] == f"/desk/call/{call}/key"
    assert again.attrib == gather.attrib
    words = (
        "This is Spotter, the line for back pain. EMERGENCY, Harbour Street, a text from a number ending in "
        "0123. The person said: I can’t feel my legs. Why: numb groin or bottom. Press 1 to take it."
    )
    assert spoken(answer) == [words, words, "No key was pressed. Goodbye."]


def test_a_pressed_one_takes_it(desk: Desk, phone: Phone) -> None:
    call = call_sam(desk)
    assert spoken(post(phone, f"/desk/call/{call}/key", Digits="1")) == ["Thank you. It is yours. Goodbye."]
    assert (desk.row()["state"], desk.row()["acknowledged_by"]) == ("acknowledged", "sam")
    assert desk.told() == ["Sam from the staff has seen it. What I said still holds."]
    assert spoken(post(phone, f"/desk/call/{call}/key", Digits="1")) == ["Thank you. It is yours. Goodbye."]
    desk.after(WAIT * 9)
    assert desk.sent() == []


def test_another_key_brings_the_words_again(desk: Desk, phone: Phone) -> None:
    call = call_sam(desk)
    assert len(spoken(post(phone, f"/desk/call/{call}/key", Digits="7"))) == 3
    assert desk.row()["state"] == "open"


def test_whoever_picks_up_too_late_is_told_who_has_it(desk: Desk, phone: Phone) -> None:
    call = call_sam(desk)
    desk.reply("+12025550113", desk.code)
    for path in (f"/desk/call/{call}", f"/desk/call/{call}/key"):
        assert spoken(post(phone, path, Digits="1")) == ["Kim has it since 13:02. Goodbye."]
    desk.reply("+12025550113", f"done {desk.code}")
    assert spoken(post(phone, f"/desk/call/{call}")) == ["This one is closed. Goodbye."]


def test_only_twilio_may_ask(desk: Desk, phone: Phone) -> None:
    call = call_sam(desk)
    fields = phone.fields("", Digits="1")
    assert phone.post(fields, f"/desk/call/{call}/key", signed="wrong").status == 403
    assert phone.post(fields, f"/desk/call/{call}", signed="wrong").status == 403
    assert desk.row()["state"] == "open"
    assert post(phone, "/desk/call/999").status == 404


def test_with_the_database_gone_whoever_picks_up_is_still_told(
    desk: Desk, phone: Phone, outage: Outage
) -> None:
    call = call_sam(desk)
    with outage():
        assert "Somebody needs help" in spoken(post(phone, f"/desk/call/{call}"))[0]
        assert "could not be noted" in spoken(post(phone, f"/desk/call/{call}/key", Digits="1"))[0]


def test_what_a_kiosk_shows(desk: Desk, app: Flask, outage: Outage) -> None:
    client = app.test_client()

    def shown() -> tuple[str, str]:
        answer = client.get("/desk/notice?conversation=abc")
        assert answer.status_code == 200
        return answer.get_json()["told"], answer.get_json()["words"]

    assert shown() == ("", "")
    desk.alert(person=KIOSK)
    assert shown() == ("", "")
    desk.becomes("sent")
    assert shown()[0] == "staff"
    for _ in range(4):
        desk.after(WAIT)
    told, words = shown()
    assert told == "nobody"
    assert "call 911 now" in words
    desk.reply(SAM, "ok")
    assert shown() == ("seen", "Sam from the staff has seen it. What I said still holds.")
    with outage():
        assert shown() == ("", "")
    assert {one.kind for one in desk.sent()} == {"page"}


def test_from_the_first_text_to_done(desk: Desk, app: Flask) -> None:
    """Signed webhooks in, pages out, and nothing in between but the real thing."""
    person, sam = Phone(app.test_client()), Phone(app.test_client(), SAM)
    answer = person.text("my back went and now I can't feel between my legs", To="+12025550199")
    assert "Call 911" in answer.text
    desk.work()
    [page] = desk.sent()
    assert page.to == SAM
    assert 'Harbour Street, a text from a number ending in 0123: "my back went' in page.body
    desk.becomes("delivered")
    assert [one.to for one in desk.sent()] == [person.number]
    message = sam.fields(f"OK {desk.code}")
    first = sam.post(message)
    assert first.texts == [f"Thank you, {desk.code} is yours. Reply DONE {desk.code} when it is over."]
    # Twilio may bring the same message again.
    assert sam.post(message).texts == first.texts
    assert len(desk.told()) == 1
    assert "back" in sam.text("my lower back hurts").text
    assert sam.text(f"done {desk.code}").texts == [f"{desk.code} is closed. Thank you."]
    desk.after(3600)
    assert desk.sent() == []


def test_a_kiosk_is_known_by_its_name(desk: Desk, app: Flask) -> None:
    client = app.test_client()
    told = {"text": "I can't feel between my legs", "kiosk": "racks"}
    conversation = client.post("/voice/turn", json=told).get_json()["conversation"]
    client.post("/voice/turn", json={"text": "help me", "kiosk": "Robert'); --"})
    desk.work()
    assert "Harbour Street, kiosk by the racks" in desk.sent()[0].body
    desk.becomes("sent")
    assert client.get(f"/desk/notice?conversation={conversation}").get_json()["told"] == "staff"
