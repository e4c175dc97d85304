"""A page that nobody looks after: the server gone or silent, the network gone, the person gone."""

import re
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, WebSocketRoute, expect

from tests.voice.page_browser import needs_browser, served
from tests.voice.page_faces import question, thinking
from tests.voice.page_script import Script
from voice.page import page_blueprint

pytestmark = needs_browser


@pytest.fixture
def page(pretending: Browser) -> Iterator[Page]:
    context = pretending.new_context(service_workers="block")
    page = context.new_page()
    yield page
    context.close()


# The page is back half a second later: what it said first of its troubles.
LOST = """() => {
    window.lost = null;
    const note = () => (lost ??= document.getElementById("trouble-title").textContent);
    new MutationObserver(note).observe(document.getElementById("trouble-title"), { childList: true });
}"""


def listening(page: Page, address: str) -> Script:
    """The page at ``address`` listens to a microphone, by a clock of the test's."""
    script = Script(page)
    page.clock.install()
    page.goto(address)
    page.click("#talk")
    question(script)
    expect(page.locator("body")).to_have_attribute("data-face", "listening")
    return script


def test_a_server_that_thinks_too_long_is_slow_and_then_lost(page: Page, address: str) -> None:
    script = listening(page, address)
    # It was spoken to: the page itself has sent nothing but sound.
    thinking(script)
    expect(page.locator("body")).to_have_attribute("data-face", "thinking")
    page.clock.run_for(6_000)
    expect(page.locator("#status")).to_have_text("Still working on it")
    page.evaluate(LOST)
    page.clock.run_for(16_000)
    assert page.evaluate("lost") == "I have lost my connection."
    expect(page.locator("#trouble")).to_contain_text("I am back.")


def test_a_server_that_vanished_while_it_listens_is_missed(page: Page, address: str) -> None:
    script = listening(page, address)
    noise: dict[str, Any] = {"type": "level", "db": -40, "noise_db": -50, "speech": False, "too_loud": False}
    for _ in range(2):
        script.say(**noise)
        page.wait_for_timeout(100)
        page.clock.run_for(8_000)
        expect(page.locator("#trouble")).to_be_hidden()
    page.evaluate(LOST)
    page.clock.run_for(5_000)
    assert page.evaluate("lost") == "I have lost my connection."
    # One whose ears are broken never measures anything, and is stayed with.
    page.clock.run_for(1_000)
    expect(page.locator("body")).to_have_attribute("data-face", "listening")
    page.wait_for_timeout(200)
    page.clock.run_for(14_000)
    expect(page.locator("#trouble")).to_contain_text("I am back.")


def test_a_server_that_takes_the_connection_and_says_nothing_is_tried_again(page: Page, address: str) -> None:
    opened: list[WebSocketRoute] = []
    page.route_web_socket("**/voice/stream", lambda socket: opened.append(socket))
    page.clock.install()
    page.goto(address)
    page.clock.run_for(11_000)
    expect(page.locator("#trouble")).to_contain_text("I have lost my connection.")
    assert len(opened) == 2


def test_whoever_is_still_there_has_time_to_keep_the_screen(page: Page, address: str) -> None:
    listening(page, address)
    told, small = page.locator("#clearing"), page.locator("#small-print")
    page.clock.run_for(15_000)
    expect(told).to_have_text("")
    page.clock.run_for(8_000)
    # Said once to a screen reader, while the seconds go on to be shown: 20 of them, as WCAG 2.2.1 asks.
    first = told.inner_text()
    assert 20 < int("".join(re.findall(r"\d", first))) <= 25
    page.clock.run_for(12_000)
    expect(small).to_contain_text(re.compile(r"Clearing this screen in 1?\d s"))
    expect(told).to_have_text(first)
    page.keyboard.press("Shift")
    page.clock.run_for(15_000)
    expect(page.locator(".lead")).to_contain_text("Yes or no?")
    expect(told).to_have_text("")


def test_the_next_person_finds_the_kiosk_as_loud_as_ever(page: Page, address: str) -> None:
    script = Script(page)
    page.clock.install()
    page.goto(address)
    now = page.locator("#volume-now")
    page.get_by_role("button", name="Quieter").click()
    expect(now).to_have_text("Volume 70 percent")
    # Somebody only passed by.
    page.clock.run_for(46_000)
    expect(now).to_have_text("Volume 80 percent")
    question(script)
    script.say(type="volume", percent=10)
    expect(now).to_have_text("Volume 10 percent")
    page.get_by_role("button", name="Start over").click()
    expect(now).to_have_text("Volume 80 percent")
    script.hears("volume", percent=80)
    question(script)
    script.say(type="volume", percent=10)
    expect(now).to_have_text("Volume 10 percent")
    page.clock.run_for(46_000)
    expect(now).to_have_text("Volume 80 percent")


def test_a_microphone_that_is_plugged_in_again_is_used(page: Page, address: str) -> None:
    page.add_init_script("""
        const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
        window.plugged = true;
        navigator.mediaDevices.getUserMedia = async (wanted) => {
            if (!plugged) throw new DOMException("", "NotFoundError");
            const stream = await ask(wanted);
            window.track = stream.getTracks()[0];
            return stream;
        };""")
    listening(page, address)
    expect(page.locator("#mute")).to_have_text("Microphone on")
    page.evaluate("plugged = false; track.dispatchEvent(new Event('ended'))")
    expect(page.locator("#trouble")).to_contain_text("I can't find a microphone.")
    expect(page.locator("#mute")).to_have_text("Microphone off")
    plug = "navigator.mediaDevices.dispatchEvent(new Event('devicechange'))"
    page.evaluate(plug)
    expect(page.locator("#trouble")).to_contain_text("I can't find a microphone.")
    page.evaluate(f"plugged = true; {plug}")
    expect(page.locator("#mute")).to_have_text("Microphone on")
    expect(page.locator("#trouble")).to_be_hidden()
    # Whoever closed it by its button keeps it closed.
    page.click("#mute")
    page.evaluate(plug)
    page.wait_for_timeout(200)
    expect(page.locator("#mute")).to_have_text("Microphone off")


def keep(page: Page) -> None:
    """Waits until the browser has kept ``page``, with every file of it: they come one by one."""
    page.wait_for_load_state("networkidle")
    page.evaluate("""async () => {
        const files = performance.getEntriesByType("resource").map(({ name }) => name);
        for (const file of ["/", ...files.filter((name) => name.includes("/static/voice/"))])
            while (!(await caches.match(file))) await new Promise((go) => setTimeout(go, 50));
    }""")


def test_a_proxy_without_its_server_does_not_take_the_page_away(pretending: Browser) -> None:
    app, gone = Flask(__name__, static_folder=None), threading.Event()
    app.register_blueprint(page_blueprint())
    app.before_request(lambda: ("Bad gateway", 502) if gone.is_set() else None)
    with served(app) as address:
        page = pretending.new_page()
        page.goto(address)
        keep(page)
        gone.set()
        page.reload()
        expect(page.locator("#trouble")).to_contain_text("I have lost my connection.")
        expect(page.locator("#trouble")).to_contain_text("call 911 now")
        # What was never kept is not made up.
        assert page.evaluate("async () => (await fetch('/static/voice/none.js')).status") == 502
        page.close()


def test_without_a_network_a_fresh_start_still_says_whom_to_call(pretending: Browser, address: str) -> None:
    context = pretending.new_context()
    page = context.new_page()
    page.goto(address)
    keep(page)
    context.set_offline(True)
    page.reload()
    expect(page.locator("#trouble")).to_contain_text("This screen has lost its network.")
    expect(page.locator("#trouble")).to_contain_text("call 911 now")
    kept = page.evaluate(
        "async () => (await (await caches.open('page')).keys()).map(({ url }) => new URL(url).pathname)"
    )
    assert all(path == "/" or path.startswith("/static/voice/") for path in kept)
    context.close()
