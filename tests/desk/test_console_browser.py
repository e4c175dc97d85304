"""The console in a real browser: live, by keyboard, on phones and desks, light and dark, for everybody."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from flask import Flask
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from desk.users import Role, Users
from flows.levels import Level
from flows.line import Line
from server import Parts, create_app
from settings import Settings
from store.tables import alerts
from tests.desk.gym import SAM, Desk
from tests.keys import KEY
from tests.voice.page_browser import browsing, needs_browser, served
from voice.choose import Hearing

pytestmark = needs_browser
_COUNT_TONES = """() => {
  window.rung = 0;
  const real = OscillatorNode.prototype.start;
  OscillatorNode.prototype.start = function (...at) { window.rung++; return real.apply(this, at); };
}"""
PASSWORD = "a long and plain pass phrase"
PAGES = ("", "history", "today", "ways", "roster", "simulator", "kept", "conversations/1")
RULES = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with browsing() as browser:
        yield browser


@pytest.fixture
def desk(tmp_path: Path, line: Line) -> Iterator[Desk]:
    desk = Desk(f"sqlite:///{tmp_path / 'desk.db'}", tmp_path, line)
    Users(desk.store.database).add("kay", Role.ADMIN, PASSWORD, desk.now)
    yield desk
    desk.store.database.close()


@pytest.fixture
def address(desk: Desk) -> Iterator[str]:
    settings = Settings(data_dir=desk.folder, database_url=desk.url, worker=False, keys=KEY)
    app: Flask = create_app(settings, Parts(desk.versions, Hearing(None, "nobody speaks")), lambda: desk.now)
    with served(app) as url:
        # Browsers trust this name as they trust TLS, and keep the cookie.
        yield url.replace("127.0.0.1", "localhost")
        app.extensions["spotter"].leaving.set()
    app.extensions["spotter"].close()


def rings(page: Page, tones: int = 2) -> bool:
    """Whether so many tones are heard within ten seconds."""
    # Not `wait_for_function`: the page's policy lets nobody evaluate a text there again and again.
    for _ in range(100):
        if page.evaluate("window.rung") >= tones:
            return True
        page.wait_for_timeout(100)
    return False


def first(desk: Desk) -> str:
    """The code of the first alert."""
    with desk.store.database.reading() as connection:
        return str(connection.execute(select(alerts.c.code).where(alerts.c.id == 1)).scalar_one())


def signed_in(page: Page, address: str) -> Page:
    page.goto(f"{address}/desk/")
    page.fill("[name=name]", "kay")
    page.fill("[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Who needs somebody")).to_be_visible()
    return page


def test_an_alert_comes_by_itself_rings_and_is_taken_with_the_keyboard(
    browser: Browser, desk: Desk, address: str
) -> None:
    page = signed_in(browser.new_page(), address)
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    expect(page.get_by_text("Nobody needs you just now")).to_be_visible()
    page.evaluate(_COUNT_TONES)

    desk.alert()
    expect(page.get_by_text("Nobody is on it yet.")).to_be_visible(timeout=10_000)
    assert rings(page)
    page.get_by_role("button", name="I am on it").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("You are on it since")).to_be_visible()

    page.goto(f"{address}/desk/")
    expect(page.get_by_text("You are on it since")).to_be_visible()
    assert complaints == []


def test_the_alarm_rings_on_every_page(browser: Browser, desk: Desk, address: str) -> None:
    page = signed_in(browser.new_page(), address)
    page.get_by_role("link", name="Today").click()
    expect(page.get_by_role("heading", name="Today")).to_be_visible()
    page.evaluate(_COUNT_TONES)
    desk.alert()
    expect(page.get_by_text("An emergency waits for somebody.")).to_be_visible(timeout=10_000)
    assert rings(page, 4)
    page.get_by_role("link", name="See who").click()
    page.get_by_role("button", name="I am on it").click()
    expect(page.get_by_text("You are on it since")).to_be_visible()
    expect(page.get_by_text("An emergency waits for somebody.")).to_be_hidden()


def test_a_page_that_nobody_uses_hides_peoples_words_and_still_rings(
    browser: Browser, desk: Desk, address: str
) -> None:
    desk.alert(level=Level.URGENT)
    page = signed_in(browser.new_page(), address)
    page.goto(f"{address}/desk/conversations/1")
    page.get_by_label("Write to them").fill("I am on my")
    page.evaluate(_COUNT_TONES)
    desk.now += 31 * 60
    desk.alert("bladder_bowel", level=Level.EMERGENCY)
    expect(page.get_by_text("what people said is hidden")).to_be_visible(timeout=10_000)
    expect(page.get_by_text("An emergency waits for somebody.")).to_be_visible()
    expect(page.get_by_text("cant feel my legs")).to_have_count(0)
    # Three tones for the notice, and two each time that the alarm rings.
    assert rings(page, 7)

    page.get_by_role("link", name="Sign in").first.click()
    page.fill("[name=name]", "kay")
    page.fill("[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_text("cant feel my legs").first).to_be_visible()
    expect(page.get_by_label("Write to them")).to_have_value("I am on my")


def test_a_page_that_is_signed_out_says_so_aloud(browser: Browser, desk: Desk, address: str) -> None:
    page = signed_in(browser.new_page(), address)
    page.evaluate(_COUNT_TONES)
    desk.now += 13 * 3600
    desk.alert()
    expect(page.get_by_text("You are signed out: alerts are not shown here.")).to_be_visible(timeout=10_000)
    expect(page.get_by_text("Nobody needs you just now")).to_have_count(0)
    assert rings(page, 3)


def test_a_page_that_is_refused_the_stream_looks_by_itself(
    browser: Browser, desk: Desk, address: str
) -> None:
    page = browser.new_page()
    page.route("**/desk/live", lambda route: route.fulfill(status=502))
    signed_in(page, address)
    page.evaluate(_COUNT_TONES)
    desk.alert()
    expect(page.get_by_text("Nobody is on it yet.")).to_be_visible(timeout=15_000)
    expect(page.locator("#stale")).to_be_hidden()
    assert rings(page)
    page.route("**/desk/alarm", lambda route: route.fulfill(status=502))
    expect(page.locator("#stale")).to_be_visible(timeout=30_000)


def test_how_old_an_alert_is_goes_on_by_itself(browser: Browser, desk: Desk, address: str) -> None:
    desk.alert()
    desk.now += 57
    context = browser.new_context()
    page = signed_in(context.new_page(), address)
    age = page.locator(".age b")
    expect(age).to_have_text("0 min")
    expect(page.locator("#emergency")).to_be_visible()
    # Asked at once: the card is made anew when news come.
    place = "JSON.stringify(document.querySelector('.age b').getBoundingClientRect())"
    before = page.evaluate(place)
    # The server's clock stands still, and nothing new came.
    expect(age).to_have_text("1 min", timeout=10_000)
    assert page.evaluate(place) == before
    context.close()


def test_news_take_nothing_out_of_anybodys_hands(browser: Browser, desk: Desk, address: str) -> None:
    desk.alert()
    page = signed_in(browser.new_page(), address)
    page.get_by_text("Who was paged (1)").click()
    # Another alert comes above it.
    desk.alert(person="+12025550177", said="cant pee at all")
    desk.reply(SAM, f"ok {first(desk)}")
    expect(page.get_by_text("cant pee at all")).to_be_visible(timeout=10_000)
    expect(page.get_by_text("Sam is on it since")).to_be_visible(timeout=10_000)
    expect(page.locator("#pages-1")).to_have_attribute("open", "")
    expect(page.locator("#pages-2")).not_to_have_attribute("open", "")
    expect(page.locator("#paged-1")).to_be_focused()
    page.locator("#see-1").focus()
    desk.reply(SAM, f"done {first(desk)}")
    expect(page.locator("#see-1")).to_have_count(0, timeout=10_000)


def test_what_can_be_done_follows_what_others_do_and_keeps_what_is_written(
    browser: Browser, desk: Desk, address: str
) -> None:
    desk.alert()
    page = signed_in(browser.new_page(), address)
    page.goto(f"{address}/desk/conversations/1")
    page.get_by_label("Write to them").press_sequentially("I am on my")
    page.get_by_label("What came of it").select_option("helped")
    page.get_by_label("Write to them").focus()
    desk.reply(SAM, "ok")
    expect(page.get_by_role("button", name="I am on it")).to_have_count(0, timeout=10_000)
    expect(page.get_by_label("Write to them")).to_be_focused()
    page.keyboard.type(" way")
    expect(page.get_by_label("Write to them")).to_have_value("I am on my way")
    expect(page.get_by_label("What came of it")).to_have_value("helped")
    page.get_by_role("button", name="Take over and send").click()
    expect(page.get_by_text("On its way").or_(page.get_by_text("kay answers."))).to_be_visible()


def test_the_simulator_talks_to_the_real_conversation_and_pages_nobody(
    browser: Browser, desk: Desk, address: str
) -> None:
    page = signed_in(browser.new_page(), address)
    page.get_by_role("link", name="Simulator").click()
    page.get_by_label("Text as somebody in pain would").fill("i cant feel between my legs")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Staff would have been paged")).to_be_visible()
    expect(page.get_by_text("911").first).to_be_visible()
    assert desk.sent() == []
    page.get_by_role("link", name="Alerts").click()
    expect(page.get_by_text("Nobody needs you just now")).to_be_visible()


@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize("size", [(390, 844), (1280, 800)])
def test_every_page_is_for_everybody(
    theme: str, size: tuple[int, int], browser: Browser, desk: Desk, address: str
) -> None:
    desk.alert()
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]},
        color_scheme=theme,  # type: ignore[arg-type]
    )
    page = signed_in(context.new_page(), address)
    for path in PAGES:
        page.goto(f"{address}/desk/{path}")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
        found = Axe().run(page, options={"runOnly": RULES})
        assert found.violations_count == 0, f"{path}: {found.generate_report()}"
    context.close()
