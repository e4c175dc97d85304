"""What a kiosk shows about the staff, and which kiosk it says it is: a real browser, the real application."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import expect
from sqlalchemy import select, update

from desk.taking_over import TakingOver
from server import create_app
from settings import Settings
from sms.outbox import Outbox
from store.store import Store
from store.tables import alerts, sessions
from tests.voice.page_browser import Kiosk, browsing, needs_browser, served

pytestmark = needs_browser


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    app = create_app(Settings(data_dir=tmp_path, worker=False))
    yield app
    app.extensions["spotter"].close()


@pytest.fixture
def kiosk(app: Flask) -> Iterator[Kiosk]:
    with served(app) as address, browsing() as browser:
        page = browser.new_page(viewport={"width": 390, "height": 844})
        page.clock.install()
        page.goto(f"{address}/?kiosk=racks")
        yield Kiosk(page)


def tell(app: Flask, told: str) -> None:
    store: Store = app.extensions["spotter"].store
    with store.database.transaction() as connection:
        connection.execute(update(alerts).values(told=told, acknowledged_by="Sam"))


def test_what_is_known_about_the_staff_is_shown(app: Flask, kiosk: Kiosk) -> None:
    page = kiosk.page
    kiosk.type("my back hurts and I cannot control my bladder")
    kiosk.answered(1)
    page.clock.fast_forward(6_000)
    expect(page.locator("#staff")).to_be_hidden()
    tell(app, "staff")
    page.clock.fast_forward(6_000)
    expect(page.locator("#staff")).to_contain_text("The staff have been sent a message about you.")
    tell(app, "seen")
    page.clock.fast_forward(6_000)
    expect(page.locator("#staff")).to_have_text("Sam from the staff has seen it. What I said still holds.")
    # They are led away, and whoever comes to help still sees it.
    page.keyboard.press("Escape")
    kiosk.face("ready")
    page.clock.fast_forward(46_000)
    expect(page.locator("#heard")).to_be_hidden()
    tell(app, "nobody")
    page.clock.fast_forward(6_000)
    expect(page.locator("#staff")).to_contain_text("I could not reach the staff.")
    kiosk.tap("Start over")
    expect(page.locator("#staff")).to_be_hidden()
    assert kiosk.complaints == []


def taking(app: Flask) -> TakingOver:
    parts = app.extensions["spotter"]
    return TakingOver(parts.store, parts.versions, Outbox.of(Settings()))


def test_what_staff_write_is_read_instead_of_the_question(app: Flask, kiosk: Kiosk) -> None:
    kiosk.type("my lower back is stiff")
    kiosk.answered(1)
    taking(app).say(1, "Sam", "I am coming over.", "a")
    expect(kiosk.page.locator("#words")).to_have_text("From the staff: I am coming over.")
    kiosk.face("ready")
    # Nothing is asked, and nobody knows when something will be.
    expect(kiosk.page.locator("#wait")).to_be_hidden()
    expect(kiosk.page.locator("#answers button")).to_have_count(0)
    taking(app).hand_back(1, "Sam")
    expect(kiosk.page.locator("#answers button")).not_to_have_count(0)
    assert kiosk.complaints == []


def test_in_an_emergency_what_staff_write_stands_below_the_advice(app: Flask, kiosk: Kiosk) -> None:
    kiosk.type("my back hurts and I cannot control my bladder")
    kiosk.answered(1)
    advice = kiosk.page.locator("#words").inner_text()
    kiosk.page.keyboard.press("Escape")
    taking(app).say(1, "Sam", "I am coming over.", "a")
    expect(kiosk.page.locator("#words")).to_contain_text("From the staff: I am coming over.")
    expect(kiosk.page.locator("#words")).to_contain_text(advice.splitlines()[0])
    assert kiosk.complaints == []


def test_whoever_comes_to_help_reads_what_staff_write(app: Flask, kiosk: Kiosk) -> None:
    kiosk.type("my back hurts and I cannot control my bladder")
    kiosk.answered(1)
    kiosk.page.keyboard.press("Escape")
    kiosk.face("ready")
    kiosk.page.clock.fast_forward(60_000)
    expect(kiosk.page.locator("#heard-words")).to_have_text("")
    taking(app).say(1, "Sam", "I am coming over.", "a")
    expect(kiosk.page.locator("#words")).to_contain_text("From the staff: I am coming over.")
    expect(kiosk.page.locator("#call-number")).to_be_visible()
    assert "bladder" not in kiosk.page.content()
    assert kiosk.complaints == []


def test_the_kiosk_says_which_one_it_is(app: Flask, kiosk: Kiosk) -> None:
    kiosk.type("my back hurts")
    kiosk.answered(1)
    store: Store = app.extensions["spotter"].store
    with store.database.transaction() as connection:
        assert connection.execute(select(sessions.c.kiosk)).scalars().all() == ["racks"]
