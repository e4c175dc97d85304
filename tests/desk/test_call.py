"""The page by phone, as Twilio asks for it, and what a kiosk shows; through the whole application."""

from collections.abc import Iterator
from xml.etree import ElementTree

import pytest
from flask import Flask

from server import Parts, create_app
from settings import Settings
from tests.conftest import Outage
from tests.desk.gym import KIM, ROSTER, SAM, WAIT, Desk, write_roster
from tests.sms.phone import PUBLIC_URL, TOKEN, Answer, Phone
from voice.choose import Hearing

KIOSK = "kiosk:abc"
MILL = """\
  mill:
    name: "Mill Lane"
    zone: "Europe/London"
    numbers: ["+12025550198"]
    wait: {emergency: 30, urgent: 90}
    shifts: [{days: [mon], from: "00:00", to: "00:00", contacts: [kim]}]
"""


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


def call_sam(desk: Desk) -> str:
    """An alert whose pages went to Sam, Alex, and then to Sam by phone: what the call says."""
    desk.alert(said="I can’t feel my legs & more")
    desk.after(WAIT)
    desk.after(WAIT)
    call = desk.sent()[-1]
    assert (call.to, call.channel) == (SAM, "call")
    return call.body


def press(phone: Phone, desk: Desk, digits: str, signed: str | None = None, contact: str = "sam") -> Answer:
    return phone.post(phone.fields("", Digits=digits), f"/desk/call/{desk.row()['id']}/{contact}", signed)


def spoken(twiml: str) -> list[str]:
    return [one.text or "" for one in ElementTree.fromstring(twiml).iter("Say")]


WORDS = (
    "This is Spotter, the line for back pain. EMERGENCY, Harbour Street, a text from a number ending in "
    "0123. The person said: I can’t feel my legs & more. Why: numb groin or bottom. Press 1 to take it."
)


def test_the_call_says_what_it_is_about_and_waits_for_a_key(desk: Desk) -> None:
    twiml = call_sam(desk)
    [gather, again] = ElementTree.fromstring(twiml).findall("Gather")
    assert gather.attrib["numDigits"] == "1"
    assert gather.attrib["action"] == f"{PUBLIC_URL}/desk/call/{desk.row()['id']}/sam"
    assert again.attrib == gather.attrib
    assert spoken(twiml) == [WORDS, WORDS, "No key was pressed. Goodbye."]


def test_a_call_in_spanish(desk: Desk) -> None:
    call_sam(desk)
    desk.after(WAIT)
    [call] = desk.sent()
    assert "Pulsa 1 si te ocupas." in spoken(call.body)[0]
    assert 'language="es-MX"' in call.body


def test_a_pressed_one_takes_it(desk: Desk, phone: Phone) -> None:
    call_sam(desk)
    assert spoken(press(phone, desk, "1").body) == ["Thank you. It is yours. Goodbye."]
    assert (desk.row()["state"], desk.row()["acknowledged_by"]) == ("acknowledged", "sam")
    assert desk.told() == ["Sam from the staff has seen it. What I said still holds."]
    assert spoken(press(phone, desk, "1").body) == ["Thank you. It is yours. Goodbye."]
    desk.after(WAIT * 9)
    assert desk.sent() == []


def test_another_key_brings_the_words_again(desk: Desk, phone: Phone) -> None:
    twiml = call_sam(desk)
    assert press(phone, desk, "7").body == twiml
    assert desk.row()["state"] == "open"


def test_who_is_too_late_is_told_who_has_it(desk: Desk, phone: Phone) -> None:
    call_sam(desk)
    desk.reply(KIM, desk.code)
    assert spoken(press(phone, desk, "1").body) == ["Kim has it since 13:02. Goodbye."]
    assert desk.row()["acknowledged_by"] == "kim"
    desk.reply(KIM, f"done {desk.code}")
    assert spoken(press(phone, desk, "1").body) == ["This one is closed. Goodbye."]


def test_only_twilio_may_say_that_a_key_was_pressed(desk: Desk, phone: Phone) -> None:
    call_sam(desk)
    assert press(phone, desk, "1", signed="wrong").status == 403
    assert desk.row()["state"] == "open"
    assert phone.post(phone.fields("", Digits="1"), "/desk/call/999/sam").status == 404


def test_with_the_database_gone_staff_are_told_that_it_was_not_noted(
    desk: Desk, phone: Phone, outage: Outage
) -> None:
    call_sam(desk)
    path = f"/desk/call/{desk.row()['id']}/sam"
    with outage():
        answer = phone.post(phone.fields("", Digits="1"), path)
    assert "could not be noted" in spoken(answer.body)[0]
    assert desk.row()["state"] == "open"


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


def test_who_speaks_spanish_is_told_about_the_staff_in_spanish(desk: Desk, app: Flask) -> None:
    said, told = "no puedo aguantar el pis", "Se ha enviado un mensaje sobre ti al personal."
    client, person = app.test_client(), Phone(app.test_client())
    turn = {"text": said, "language": "es", "kiosk": "racks"}
    conversation = client.post("/voice/turn", json=turn).get_json()["conversation"]
    person.text(said, To="+12025550199")
    desk.work()
    kiosk, text = desk.sent()
    assert (kiosk.to, text.to) == (SAM, SAM)
    assert f'EMERGENCY, Harbour Street, kiosk by the racks: "{said}"' in kiosk.body
    for page in (kiosk, text):
        desk.becomes("sent", page.id)
    assert client.get(f"/desk/notice?conversation={conversation}").get_json()["words"].startswith(told)
    [notice] = desk.sent()
    assert notice.to == person.number
    assert notice.body.startswith(told)


def test_with_several_sites_the_number_that_was_texted_says_which(desk: Desk, app: Flask) -> None:
    write_roster(desk.folder, ROSTER + MILL)
    for number in ("+12025550199", "+12025550198"):
        Phone(app.test_client(), f"+1202555013{number[-1]}").text("I can't feel between my legs", To=number)
        desk.work()
    pages = [one for one in desk.sent() if one.kind == "page"]
    assert [one.to for one in pages] == [SAM, KIM]
    assert "Harbour Street" in pages[0].body
    assert "Mill Lane" in pages[1].body
