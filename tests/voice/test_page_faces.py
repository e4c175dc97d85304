"""Every face of the page, in every language and on every screen: by eye, by keyboard, by a screen reader."""

import re
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from flask import Flask
from playwright.sync_api import Browser, Page, WebSocketRoute, expect

from tests.voice.page_browser import SIZES, Kiosk, browsing, needs_browser, served
from tests.voice.page_script import Script
from voice.page import page_blueprint

pytestmark = needs_browser

LANGUAGES = {"en": "English", "es": "Español"}
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
LIST = (
    "Do you have any of these now?\nTrouble peeing, or you leaked pee or poo\n"
    "Numb or odd feeling around groin, genitals or bottom. Yes or no?"
)


def buttons(*labels: str) -> list[dict[str, str]]:
    return [{"label": label, "say": label} for label in labels]


def describe(script: Script) -> None:
    script.answer(
        "What happened, and what do you feel right now?", anything=True, buttons=buttons("Nothing hurts")
    )


def question(script: Script) -> None:
    script.say(type="heard", text="it got tight during squats", sure=True, by="speech")
    script.answer(LIST, buttons=buttons("Yes", "No", "Not sure"), progress={"settled": 3, "of": 9})


def score(script: Script) -> None:
    script.answer("How bad is the pain, from zero to ten?", buttons=buttons(*map(str, range(11))))


def confirming(script: Script) -> None:
    script.say(type="heard", text="no", sure=False, by="speech")
    script.answer("I heard no. Is that right?", buttons=buttons("Yes", "No"), confirming=True, beside=True)


def thinking(script: Script) -> None:
    script.state("thinking")


def result(script: Script) -> None:
    script.answer("Carry on, but lighter: half the weight. Stop if it comes back.", level="modify", done=True)


def waiting(script: Script) -> None:
    script.answer("Walk gently. I will ask again.", ask_again_in=130)
    script.state("asleep", ask_again_in=130)


def emergency(script: Script) -> None:
    words = "Stop. Call 911 now, or ask someone to. Say: my legs are numb. Sit or lie down as it hurts least."
    script.answer(words, level="emergency", done=True)


def number(script: Script) -> None:
    script.answer(
        "What is your mobile number?", aside={"stage": "asking", "draft": ""}, buttons=buttons("Cancel")
    )


def unpaired(script: Script) -> None:
    script.close(1008, "this kiosk's token is not known.")


FACES: list[Callable[[Script], None]] = [
    describe, question, score, confirming, thinking, result, number, waiting, emergency, unpaired,
]  # fmt: skip


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    app = Flask(__name__, static_folder=None)
    app.register_blueprint(page_blueprint(languages=LANGUAGES))
    with served(app) as address:
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with browsing("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream") as browser:
        yield browser


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 390, "height": 844}, service_workers="block")
    page = context.new_page()
    page.route("**/desk/notice*", lambda route: route.fulfill(json={"told": "", "words": ""}))
    yield page
    context.close()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_face_is_for_everybody(page: Page, address: str, language: str) -> None:
    kiosk, script = Kiosk(page), Script(page, hears=language)
    page.goto(address)
    if language != "en":
        kiosk.tap(LANGUAGES[language])
    for face in [lambda _: None, *FACES]:
        face(script)
        page.wait_for_timeout(200)
        found = Axe().run(page, options={"runOnly": RULES})
        assert found.violations_count == 0, (face.__name__, found.generate_report())
        for side in ("Width", "Height"):
            room = page.evaluate(f"document.documentElement.client{side}")
            assert page.evaluate(f"document.documentElement.scroll{side}") == room, face.__name__


@pytest.mark.parametrize("size", SIZES)
def test_what_counts_is_in_sight_and_large(page: Page, address: str, size: str) -> None:
    width, height = SIZES[size]
    page.set_viewport_size({"width": width, "height": height})
    kiosk, script = Kiosk(page), Script(page)
    page.goto(address)
    for face in (describe, question, score, confirming, emergency):
        face(script)
        expect(page.locator("body")).not_to_have_attribute("data-face", "asleep")
        stage_top, stage_bottom = kiosk.edges("#stage")
        top, bottom = kiosk.edges("#call-number" if face is emergency else ".lead")
        assert stage_top <= top < bottom <= stage_bottom, face.__name__
        for answer in page.locator(".answers button").all():
            box = answer.bounding_box()
            assert box
            assert min(box["width"], box["height"]) >= 64
            assert box["y"] + box["height"] <= height, face.__name__


SHIFTS = """
window.shifts = 0;
new PerformanceObserver((list) => {
    for (const { value, hadRecentInput } of list.getEntries()) if (!hadRecentInput) window.shifts += value;
}).observe({ type: "layout-shift", buffered: true });
"""


def test_nothing_jumps_while_words_stream_in(page: Page, address: str) -> None:
    script = Script(page)
    page.add_init_script(SHIFTS)
    page.goto(address)
    page.click("#talk")
    question(script)
    page.wait_for_timeout(600)
    before = page.evaluate("shifts")
    words = "no I do not think so it is more of a dull ache on the left side since the last set"
    spoken = words.split()
    for count in range(1, len(spoken) + 1):
        script.say(type="partial", text=" ".join(spoken[:count]))
        script.say(type="level", db=-30 + count % 5, noise_db=-50, speech=True, too_loud=False)
    expect(page.locator("#heard-words")).to_have_text(" ".join(spoken))
    page.wait_for_timeout(200)
    assert page.evaluate("shifts") == before


@pytest.mark.parametrize("size", SIZES)
def test_nothing_jumps_from_step_to_step(page: Page, address: str, size: str) -> None:
    page.set_viewport_size({"width": SIZES[size][0], "height": SIZES[size][1]})
    kiosk, script = Kiosk(page), Script(page)
    page.add_init_script(SHIFTS)
    page.goto(address)
    page.click("#talk")
    describe(script)
    page.wait_for_timeout(600)
    talk = kiosk.edges(".disc")[1]
    begins = []
    for face in (thinking, score, thinking, question, thinking, result):
        before = page.evaluate("shifts")
        face(script)
        page.wait_for_timeout(200)
        assert page.evaluate("shifts") - before < 0.06, face.__name__
        assert kiosk.edges(".disc")[1] == talk, face.__name__
        if face is not question:
            begins.append(kiosk.edges(".lead")[0])
    # The words begin where those before them began: one line is read on where the last was.
    assert max(begins) - min(begins) <= 8


def test_where_it_hurts_is_tapped_or_chosen_by_keyboard(page: Page, address: str) -> None:
    script = Script(page)
    page.goto(address)
    describe(script)
    page.get_by_role("checkbox", name="lower back on the left").click()
    below = page.get_by_role("checkbox", name="down the left leg below the knee")
    below.focus()
    page.keyboard.press("Space")
    expect(below).to_be_checked()
    expect(page.locator("#body-told")).to_have_text(
        "lower back on the left, down the left leg below the knee"
    )
    for place in page.get_by_role("checkbox").all():
        assert (box := place.bounding_box())
        assert min(box["width"], box["height"]) >= 24
    page.get_by_role("button", name="It hurts there").click()
    expected = "It hurts here: lower back on the left, down the left leg below the knee"
    assert script.heard[-1] == {"type": "say", "text": expected}


def test_too_loud_means_touch_with_the_same_question(page: Page, address: str) -> None:
    script = Script(page)
    page.clock.install()
    page.goto(address)
    page.click("#talk")
    question(script)
    expect(page.locator("body")).to_have_attribute("data-face", "listening")
    noise: dict[str, Any] = {"type": "level", "db": -12, "noise_db": -14, "speech": False}
    for _ in range(3):
        script.say(**noise, too_loud=True)
        page.wait_for_timeout(50)
        page.clock.run_for(1_100)
    expect(page.locator("#status")).to_have_text("Too loud to hear you. Tap your answer.")
    expect(page.locator("body")).to_have_attribute("data-face", "ready")
    page.get_by_role("button", name="No", exact=True).click()
    assert script.heard[-1] == {"type": "say", "text": "No"}
    # What the server says of it stands under the question and does not take its place.
    question(script)
    script.answer("It is too loud here for me to hear you well.", beside=True, buttons=buttons("Yes", "No"))
    expect(page.locator("#words")).to_contain_text("Trouble peeing")
    expect(page.locator(".lead")).to_have_text("It is too loud here for me to hear you well.")


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


def test_an_emergency_says_since_when_and_what_to_say(page: Page, address: str) -> None:
    script = Script(page)
    page.clock.install()
    page.goto(address)
    page.click("#talk")
    emergency(script)
    expect(page.locator("#since-time")).to_have_text("0:00")
    page.clock.run_for(65_000)
    expect(page.locator("#since-time")).to_have_text("1:05")
    expect(page.locator("#phone")).to_contain_text("Say where you are")


def test_a_kiosk_is_paired_by_opening_its_address_once(page: Page, address: str) -> None:
    script = Script(page)
    page.goto(f"{address}/?kiosk=racks#token=secret")
    expect(page.locator("#volume-now")).to_have_text("Volume 80 percent")
    assert page.url == f"{address}/?kiosk=racks"
    page.wait_for_load_state("networkidle")
    page.goto(address)
    expect(page.locator("#volume-now")).to_have_text("Volume 80 percent")
    hellos = [one for one in script.heard if one["type"] == "hello"]
    assert [(one["kiosk"], one["token"]) for one in hellos] == [("racks", "secret")] * 2
    unpaired(script)
    expect(page.locator("#trouble")).to_contain_text("this kiosk's token is not known.")
    expect(page.locator("#trouble")).to_contain_text("call 911 now")


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


def test_louder_and_quieter_are_told_and_shown(page: Page, address: str) -> None:
    script = Script(page)
    page.goto(address)
    page.get_by_role("button", name="Louder").click()
    assert script.heard[-1] == {"type": "volume", "percent": 90}
    script.say(type="volume", percent=65)
    expect(page.locator("#volume-now")).to_have_text("Volume 65 percent")


def keep(page: Page) -> None:
    """Waits until the browser has kept ``page``."""
    page.evaluate("""async () => {
        while (!(await caches.match("/")) || !(await caches.match("/static/voice/dom.js")))
            await new Promise((go) => setTimeout(go, 50));
    }""")


def test_a_proxy_without_its_server_does_not_take_the_page_away(browser: Browser) -> None:
    app, gone = Flask(__name__, static_folder=None), threading.Event()
    app.register_blueprint(page_blueprint())
    app.before_request(lambda: ("Bad gateway", 502) if gone.is_set() else None)
    with served(app) as address:
        page = browser.new_page()
        page.goto(address)
        keep(page)
        gone.set()
        page.reload()
        expect(page.locator("#trouble")).to_contain_text("I have lost my connection.")
        expect(page.locator("#trouble")).to_contain_text("call 911 now")
        # What was never kept is not made up.
        assert page.evaluate("async () => (await fetch('/static/voice/none.js')).status") == 502
        page.close()


def test_without_a_network_a_fresh_start_still_says_whom_to_call(browser: Browser, address: str) -> None:
    context = browser.new_context()
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
