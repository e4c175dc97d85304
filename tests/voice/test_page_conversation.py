"""Whole conversations on the kiosk page: a real browser, the real application, its voice and ears."""

import re
import threading
import wave
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, expect

from server import create_app
from settings import Settings
from tests.voice.conftest import Speak
from tests.voice.page_browser import SIZES, Kiosk, browsing, hears, needs_browser, served
from tests.voice.words import overlap

pytestmark = needs_browser


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    app = create_app(Settings(data_dir=tmp_path_factory.mktemp("kiosk"), worker=False))
    yield app
    app.extensions["spotter"].close()


@pytest.fixture(scope="module")
def address(app: Flask) -> Iterator[str]:
    with served(app) as address:
        yield address


@pytest.fixture
def kiosk(browser: Browser, address: str) -> Iterator[Kiosk]:
    page = browser.new_page(viewport={"width": 390, "height": 844})
    kiosk = Kiosk(page)
    page.clock.install()
    page.goto(address)
    yield kiosk
    page.close()


def test_what_is_said_aloud_leads_to_the_emergency_screen(address: str, speak: Speak, tmp_path: Path) -> None:
    said = tmp_path / "said.wav"
    with wave.open(str(said), "wb") as sound:
        sound.setparams((1, 2, 16_000, 0, "NONE", ""))
        quiet = bytes(2 * 16_000)
        # A busy machine drops pieces of sound: whoever is misheard says it again.
        sound.writeframes(quiet + (speak("Both of my legs are numb and weak.") + quiet * 7) * 3)
    with browsing(*hears(said)) as browser:
        kiosk = Kiosk(browser.new_page(viewport={"width": 800, "height": 1280}))
        kiosk.page.goto(address)
        kiosk.page.click("#talk")
        kiosk.face("listening")
        expect(kiosk.page.locator("body")).to_have_attribute("data-level", "emergency", timeout=60_000)
        assert overlap("both of my legs are numb", kiosk.page.inner_text("#heard-words")) > 0
        assert kiosk.page.get_attribute("#call-number", "href") == "tel:911"
        top, bottom = kiosk.edges("#call-number")
        assert bottom - top > 96
        assert bottom <= kiosk.edges("#words")[0]
        assert "staff have been told" not in kiosk.words().lower()
        assert kiosk.complaints == []


def test_typing_and_tapping_reach_a_result_and_a_new_start(kiosk: Kiosk) -> None:
    page = kiosk.page
    kiosk.type("a sharp pain in my lower back after deadlifts")
    kiosk.answered(1)
    assert "a sharp pain in my lower back after deadlifts" in page.inner_text("#heard")
    count = 1
    while not page.locator("#wait").is_visible():
        answer = page.locator("#answers button").filter(has_text=re.compile("^(No|4|Sharp)$"))
        assert (box := answer.bounding_box())
        assert min(box["height"], box["width"]) >= 64
        answer.click()
        count += 1
        kiosk.answered(count)
    expect(page.locator("#wait-time")).to_have_text(re.compile(r"3:00|2:5\d"))
    page.keyboard.press("Escape")
    # They walk away. Only when it will ask again stands there.
    page.clock.fast_forward(46_000)
    kiosk.face("asleep")
    assert "sharp pain" not in page.inner_text("body")
    expect(page.locator("#wait")).to_be_visible()
    page.click("#talk")
    kiosk.face("speaking", "ready")
    kiosk.type("it is gone")
    kiosk.answered(count + 1)
    expect(page.locator("#wait")).to_be_hidden()
    expect(page.locator("#level")).to_have_text("Done for today")
    kiosk.tap("Start again")
    kiosk.face("asleep")
    assert "sharp pain" not in kiosk.words()
    assert kiosk.complaints == []


def test_the_keyboard_alone_is_enough(kiosk: Kiosk) -> None:
    keys = kiosk.page.keyboard
    kiosk.page.focus("#type")
    keys.press("Enter")
    keys.type("my back hurts")
    keys.press("Enter")
    # Yes to two signs at once is followed by which of them.
    for turn in (1, 2):
        kiosk.answered(turn)
        keys.press("Tab")
        while kiosk.page.evaluate("document.activeElement.textContent") != "Yes":
            keys.press("Tab")
        keys.press("Enter")
    kiosk.answered(3)
    expect(kiosk.page.locator("body")).to_have_attribute("data-level", "emergency")


def test_what_was_misheard_can_be_put_right(kiosk: Kiosk) -> None:
    kiosk.type("my back hurts")
    kiosk.answered(1)
    question = kiosk.page.inner_text(".lead")
    kiosk.tap("No")
    kiosk.answered(2)
    assert kiosk.page.inner_text(".lead") != question
    kiosk.tap("Not right?")
    kiosk.answered(3)
    assert kiosk.page.inner_text(".lead") == question
    assert kiosk.page.input_value("#typed").lower() == "no"


def test_nobody_answers_a_question_not_yet_seen(kiosk: Kiosk) -> None:
    said: list[str] = []
    kiosk.page.on("websocket", lambda socket: socket.on("framesent", lambda sent: said.append(str(sent))))
    kiosk.page.reload()
    kiosk.type("my back hurts")
    kiosk.answered(1)
    kiosk.page.evaluate("""() => {
        const { x, y } = document.querySelectorAll("#answers button")[1].getBoundingClientRect();
        for (let i = 0; i < 5; i++) document.elementFromPoint(x + 9, y + 9).click();
    }""")
    kiosk.answered(2)
    assert sum('"type":"say"' in one for one in said) == 2


def test_after_45_quiet_seconds_nothing_of_the_last_person_is_left(kiosk: Kiosk) -> None:
    kiosk.type("my back hurts since deadlifts")
    kiosk.answered(1)
    kiosk.page.keyboard.press("Escape")
    kiosk.face("ready")
    kiosk.page.clock.fast_forward(35_000)
    expect(kiosk.page.locator("#small-print")).to_contain_text("Clearing this screen")
    kiosk.page.clock.fast_forward(15_000)
    kiosk.face("asleep")
    assert "deadlifts" not in kiosk.page.content()
    kiosk.page.click("#type")
    assert kiosk.page.input_value("#typed") == ""


def test_an_emergency_stays_for_whoever_comes_to_help(kiosk: Kiosk) -> None:
    kiosk.type("my back hurts and I wet myself")
    kiosk.answered(1)
    kiosk.page.keyboard.press("Escape")
    kiosk.face("ready")
    kiosk.page.clock.fast_forward(46_000)
    expect(kiosk.page.locator("#call-number")).to_be_visible()
    assert "wet myself" not in kiosk.page.content()
    kiosk.page.clock.fast_forward(600_000)
    kiosk.face("asleep")


def test_a_lost_server_is_said_with_the_number_and_comes_back_by_itself(kiosk: Kiosk, app: Flask) -> None:
    kiosk.type("my back hurts")
    kiosk.answered(1)
    question = kiosk.page.inner_text(".lead")
    leaving: threading.Event = app.extensions["spotter"].leaving
    leaving.set()
    try:
        expect(kiosk.page.locator("#trouble")).to_contain_text("I have lost my connection.")
        expect(kiosk.page.locator("#trouble")).to_contain_text("call 911 now")
        expect(kiosk.page.locator("#footer-call")).to_be_visible()
        assert kiosk.page.get_by_role("button", name="No", exact=True).count() == 0
    finally:
        leaving.clear()
    kiosk.page.clock.run_for(4_000)
    # What was said last may or may not have arrived, so the question is asked again, not answered.
    expect(kiosk.page.locator("#trouble")).to_contain_text("I am back.", timeout=15_000)
    expect(kiosk.page.locator(".lead")).to_have_text(question)
    kiosk.tap("No")
    kiosk.face("speaking", "ready")
    expect(kiosk.page.locator(".lead")).not_to_have_text(question)


def test_without_a_microphone_it_says_how_to_go_on(kiosk: Kiosk) -> None:
    kiosk.page.click("#talk")
    expect(kiosk.page.locator("#trouble")).to_contain_text("Type or tap instead: it works the same.")
    kiosk.type("my back hurts")
    kiosk.answered(1)
    expect(kiosk.page.locator("#trouble")).to_be_hidden()


def test_nothing_moves_for_people_who_asked_for_that(browser: Browser, address: str) -> None:
    kiosk = Kiosk(browser.new_page(reduced_motion="reduce"))
    kiosk.page.goto(address)
    kiosk.type("my back hurts")
    kiosk.answered(1)
    assert kiosk.page.evaluate("document.getAnimations().length") == 0
    kiosk.page.close()


def test_a_tap_makes_the_page_and_the_conversation_speak_another_language(kiosk: Kiosk) -> None:
    page = kiosk.page
    kiosk.tap("Español")
    expect(page.locator(".lead")).to_have_text("¿Te duele la espalda? Toca y escribe.")
    expect(page.locator("html")).to_have_attribute("lang", "es")
    # The packaged recogniser hears English only, and the page says so and offers what works.
    expect(page.locator("#status")).to_contain_text("no entiendo español hablado")
    page.click("#talk")
    expect(page.locator("#typed")).to_be_focused()
    kiosk.page.fill("#typed", "me duele la espalda baja")
    kiosk.page.keyboard.press("Enter")
    kiosk.answered(1)
    assert "orinar" in page.inner_text(".lead")
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    for words in ("Emergency", "Start over", "Type", "doctor"):
        assert words not in kiosk.words()
    kiosk.tap("English")
    expect(page.locator("#status")).to_have_text(re.compile("Your turn|Speaking"))
    assert "Trouble peeing" in page.inner_text(".lead")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    assert kiosk.complaints == []


def test_the_page_follows_the_language_that_somebody_types(kiosk: Kiosk) -> None:
    kiosk.type("me duele la espalda y no puedo orinar")
    kiosk.answered(1)
    expect(kiosk.page.locator("#call")).to_contain_text("Llama ahora")
    assert "Llama al 911 ahora" in kiosk.page.inner_text("#words")
    kiosk.tap("Reiniciar")
    expect(kiosk.page.locator(".lead")).to_have_text("¿Te duele la espalda? Toca y escribe.")


def test_the_next_person_finds_the_kiosks_own_language(kiosk: Kiosk) -> None:
    kiosk.type("me duele la espalda baja")
    kiosk.answered(1)
    kiosk.page.keyboard.press("Escape")
    kiosk.face("ready")
    kiosk.page.clock.fast_forward(46_000)
    kiosk.face("asleep")
    expect(kiosk.page.locator(".lead")).to_have_text("Back hurting? Tap and tell me.")


@pytest.mark.parametrize("size", SIZES)
def test_every_step_fits_the_screen(browser: Browser, address: str, size: str) -> None:
    width, height = SIZES[size]
    kiosk = Kiosk(browser.new_page(viewport={"width": width, "height": height}))
    kiosk.page.goto(address)
    assert kiosk.edges("#talk")[1] <= height
    for words in ("my lower back hurts after deadlifts, it came on slowly", "no", "I wet myself"):
        kiosk.type(words)
        kiosk.face("speaking", "ready")
        expect(kiosk.page.locator("#heard-words")).to_have_text(words)
        for side, room in (("Width", width), ("Height", height)):
            assert kiosk.page.evaluate(f"document.documentElement.scroll{side}") == room
        top, bottom = kiosk.edges(".lead")
        stage_top, stage_bottom = kiosk.edges("#stage")
        assert stage_top <= top < bottom <= stage_bottom
    kiosk.page.close()
