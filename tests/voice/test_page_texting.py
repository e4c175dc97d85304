"""The advice as a text, on the kiosk page: a real browser, the real application."""

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, expect
from sqlalchemy import select

from server import create_app
from settings import Settings
from store.store import Store
from store.tables import sends
from tests.voice.page_browser import SIZES, Kiosk, needs_browser, served

pytestmark = needs_browser

SENDING = {
    "twilio_account_sid": "AC" + "0" * 32,
    "twilio_auth_token": "secret",
    "public_url": "https://gym.example.com",
    "sms_from": "+12065550100",
}


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    app = create_app(Settings(data_dir=tmp_path_factory.mktemp("kiosk"), worker=False, **SENDING))  # type: ignore[arg-type]
    yield app
    app.extensions["spotter"].close()


@pytest.fixture(scope="module")
def address(app: Flask) -> Iterator[str]:
    with served(app) as address:
        yield address


@pytest.fixture(params=SIZES)
def kiosk(request: pytest.FixtureRequest, browser: Browser, address: str) -> Iterator[Kiosk]:
    """The page with a disposition on it, on each screen."""
    width, height = SIZES[request.param]
    kiosk = Kiosk(browser.new_page(viewport={"width": width, "height": height}))
    kiosk.page.clock.install()
    kiosk.page.goto(address)
    kiosk.type("my lower back got tight during squats")
    for count, answer in enumerate(("No", "No", "No", "2", "Gone"), start=1):
        kiosk.answered(count)
        kiosk.tap(answer)
    kiosk.answered(6)
    yield kiosk
    kiosk.page.close()


def ending(kiosk: Kiosk, last: int) -> str:
    """How the number of somebody at this screen ends: one number gets only so many texts a day."""
    size = kiosk.page.viewport_size
    assert size
    return f"{list(SIZES.values()).index((size['width'], size['height'])) + 2}{last}"


def asked(kiosk: Kiosk) -> None:
    kiosk.tap("Text me this")
    expect(kiosk.page.locator("#pad")).to_be_visible()


def texted(app: Flask) -> list[str]:
    store: Store = app.extensions["spotter"].store
    with store.database.transaction() as connection:
        return list(connection.execute(select(sends.c.recipient)).scalars())


def test_a_number_is_typed_read_back_and_confirmed(kiosk: Kiosk, app: Flask) -> None:
    page, before, last = kiosk.page, len(texted(app)), ending(kiosk, 3)
    button = page.get_by_role("button", name="Text me this")
    assert (box := button.bounding_box())
    assert box["height"] >= 64
    asked(kiosk)
    expect(page.locator("#pad-number")).to_be_focused()
    assert page.get_by_label("Your mobile number").get_attribute("inputmode") == "tel"
    for key in "2065550199":
        page.get_by_role("button", name=key, exact=True).click()
    page.get_by_role("button", name="Delete the last digit").click()
    page.get_by_role("button", name="Delete the last digit").click()
    for key in last:
        page.get_by_role("button", name=key, exact=True).click()
    kiosk.tap("Done")
    lead = page.locator(".lead")
    expect(lead).to_have_text(re.compile(rf"You typed 206\s555\s01{last}\. Is that right\?"))
    # Read out by a screen reader digit by digit.
    expect(page.locator("#caption")).to_contain_text("2 0 6")
    expect(page.locator("#pad")).to_be_hidden()
    assert len(texted(app)) == before
    kiosk.tap("Yes")
    expect(lead).to_have_text(f"I am texting it to the number ending in {last}.")
    # The advice stays, and the number is gone.
    expect(page.locator("#words")).to_contain_text("Carry on, but lighter")
    expect(page.locator("#level")).to_have_text("Carry on, lighter")
    assert not re.search(rf"206|01{last}", page.content())
    assert len(texted(app)) == before + 1
    assert kiosk.complaints == []


def test_the_pad_leaves_room_for_what_is_asked(kiosk: Kiosk) -> None:
    asked(kiosk)
    for side in ("Width", "Height"):
        room = kiosk.page.evaluate(f"document.documentElement.client{side}")
        assert kiosk.page.evaluate(f"document.documentElement.scroll{side}") == room
    stage_top, stage_bottom = kiosk.edges("#stage")
    top, bottom = kiosk.edges(".lead")
    assert stage_top <= top < bottom <= stage_bottom
    for key in kiosk.page.locator("#pad-keys button").all():
        assert (box := key.bounding_box())
        assert min(box["height"], box["width"]) >= 56
    assert kiosk.edges("#pad")[0] >= kiosk.edges(".top")[1]
    assert kiosk.edges("#talk")[1] <= kiosk.edges(".bottom")[0]


def test_the_keyboard_alone_is_enough(kiosk: Kiosk, app: Flask) -> None:
    keys, before, last = kiosk.page.keyboard, len(texted(app)), ending(kiosk, 5)

    def tab_to(label: str) -> None:
        while kiosk.page.evaluate("document.activeElement.textContent") != label:
            keys.press("Tab")
        keys.press("Enter")

    tab_to("Text me this")
    expect(kiosk.page.locator("#pad-number")).to_be_focused()
    keys.type(f"20655501{last}")
    keys.press("Enter")
    expect(kiosk.page.locator(".lead")).to_contain_text("Is that right?")
    tab_to("Yes")
    expect(kiosk.page.locator(".lead")).to_contain_text(f"ending in {last}")
    assert len(texted(app)) == before + 1


def test_a_wrong_number_is_put_right(kiosk: Kiosk) -> None:
    asked(kiosk)
    kiosk.page.keyboard.type("20655")
    kiosk.page.keyboard.press("Enter")
    expect(kiosk.page.locator(".lead")).to_contain_text("20655 is too short for a phone number.")
    expect(kiosk.page.locator("#pad-number")).to_be_focused()
    assert kiosk.page.input_value("#pad-number") == "20655"
    kiosk.page.fill("#pad-number", "206 555 0124")
    kiosk.tap("Done")
    expect(kiosk.page.locator(".lead")).to_contain_text("Is that right?")
    kiosk.tap("No")
    expect(kiosk.page.locator("#pad")).to_be_visible()
    assert kiosk.page.input_value("#pad-number") == "206 555 0124"
    kiosk.tap("Cancel")
    expect(kiosk.page.locator(".lead")).to_have_text("Okay, no text.")
    expect(kiosk.page.get_by_role("button", name="Text me this")).to_be_visible()


def test_a_number_goes_with_who_typed_it(kiosk: Kiosk) -> None:
    asked(kiosk)
    kiosk.page.keyboard.type("2065550123")
    kiosk.page.keyboard.press("Enter")
    expect(kiosk.page.locator(".lead")).to_contain_text("Is that right?")
    kiosk.page.keyboard.press("Escape")
    kiosk.face("ready")
    kiosk.page.clock.fast_forward(35_000)
    kiosk.page.clock.fast_forward(15_000)
    kiosk.face("asleep")
    assert not re.search(r"206|0123", kiosk.page.content())
    assert kiosk.page.input_value("#pad-number") == ""


def test_the_page_asks_in_spanish(kiosk: Kiosk) -> None:
    kiosk.tap("Español")
    kiosk.tap("Mándamelo")
    expect(kiosk.page.get_by_label("Tu número de móvil")).to_be_focused()
    expect(kiosk.page.get_by_role("button", name="Borrar la última cifra")).to_be_visible()
    kiosk.tap("Cancelar")
    expect(kiosk.page.locator(".lead")).to_have_text("Vale, ningún mensaje.")
