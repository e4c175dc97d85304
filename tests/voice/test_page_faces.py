"""Every face of the page, in every language and on every screen: by eye, by keyboard, by a screen reader."""

from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Browser, Page, expect

from tests.voice.page_browser import LANGUAGES, SIZES, Kiosk, needs_browser
from tests.voice.page_faces import (
    FACES,
    buttons,
    confirming,
    describe,
    emergency,
    number,
    question,
    result,
    score,
    thinking,
    unpaired,
)
from tests.voice.page_script import Script

pytestmark = needs_browser

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.fixture
def page(pretending: Browser) -> Iterator[Page]:
    context = pretending.new_context(viewport={"width": 390, "height": 844}, service_workers="block")
    page = context.new_page()
    page.route("**/desk/notice*", lambda route: route.fulfill(json={"told": "", "words": ""}))
    yield page
    context.close()


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_face_is_for_everybody(page: Page, address: str, language: str, size: str) -> None:
    page.set_viewport_size({"width": SIZES[size][0], "height": SIZES[size][1]})
    kiosk, script = Kiosk(page), Script(page, hears=language)
    page.goto(address)
    if language != "en":
        kiosk.tap(LANGUAGES[language])
    for face in [lambda _: None, *FACES]:
        face(script)
        page.wait_for_timeout(200)
        # What it looks for takes a second each time. No language has colours or roles of its own, and no
        # screen but the smallest and the widest another order.
        if size == "phone" or (size == "wide" and language == "en"):
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


@pytest.mark.parametrize("size", [*SIZES.values(), (390, 667), (1280, 720), (1024, 640)])
def test_the_number_pad_is_large_and_all_of_it_is_there(
    page: Page, address: str, size: tuple[int, int]
) -> None:
    width, height = size
    page.set_viewport_size({"width": width, "height": height})
    kiosk, script = Kiosk(page), Script(page)
    page.goto(address)
    number(script)
    expect(page.locator("#pad-number")).to_be_focused()
    for least, which in ((56, "#pad-keys button"), (64, "#answers button, #pad > .answer, #talk")):
        for button in page.locator(which).all():
            assert (box := button.bounding_box())
            assert min(box["width"], box["height"]) >= least
            # Nothing hides a corner of it.
            assert button.evaluate("""(button) => {
                const { left, right, top, bottom } = button.getBoundingClientRect();
                const at = (x, y) => button.contains(document.elementFromPoint(x, y));
                return at((left + right) / 2, top + 3) && at((left + right) / 2, bottom - 3);
            }""")
    stage_top, stage_bottom = kiosk.edges("#stage")
    top, bottom = kiosk.edges(".lead")
    assert stage_top <= top < bottom <= stage_bottom
    for side, room in (("Width", width), ("Height", height)):
        assert page.evaluate(f"document.documentElement.scroll{side}") == room


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


# How large each place is that can be tapped, without its outline.
PLACES = """[...document.querySelectorAll(".place")].map((place) => {
    const { width, height } = place.getBBox();
    return Math.min(width, height) * place.getScreenCTM().a;
})"""


@pytest.mark.parametrize("size", [*SIZES, "little"])
def test_where_it_hurts_is_tapped_or_chosen_by_keyboard(page: Page, address: str, size: str) -> None:
    width, height = SIZES.get(size, (390, 667))
    page.set_viewport_size({"width": width, "height": height})
    kiosk, script = Kiosk(page), Script(page)
    page.goto(address)
    describe(script)
    assert min(page.evaluate(PLACES)) >= (64 if size in ("wide", "tall") else 44)
    expect(page.get_by_role("button", name="It hurts there")).to_be_hidden()
    before = [kiosk.edges(one) for one in (".body svg", "#talk", ".lead")]
    page.get_by_role("checkbox", name="lower back on the left").click()
    below = page.get_by_role("checkbox", name="down the left leg below the knee")
    below.focus()
    page.keyboard.press("Space")
    expect(below).to_be_checked()
    expect(page.locator("#body-told")).to_have_text(
        "lower back on the left, down the left leg below the knee"
    )
    # Nothing jumps: "It hurts there" is where "Nothing hurts" was, which would be wrong now.
    assert [kiosk.edges(one) for one in (".body svg", "#talk", ".lead")] == before
    expect(page.get_by_role("button", name="Nothing hurts")).to_be_hidden()
    done = page.get_by_role("button", name="It hurts there")
    assert (box := done.bounding_box())
    assert box["height"] >= 64
    for side, room in (("Width", width), ("Height", height)):
        assert page.evaluate(f"document.documentElement.scroll{side}") == room
    assert kiosk.edges("#stage")[0] <= kiosk.edges(".lead")[0]
    assert kiosk.edges(".lead")[1] <= kiosk.edges("#stage")[1]
    done.click()
    expected = "It hurts here: lower back on the left, down the left leg below the knee"
    script.hears("say", text=expected)


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
    # Larger answers hide nothing of what is asked: the stage fades out over its last 24 pixels.
    kiosk = Kiosk(page)
    assert kiosk.edges(".lead")[1] <= kiosk.edges("#stage")[1] - 24
    assert kiosk.edges("#stage")[0] <= kiosk.edges("#status")[0]
    page.get_by_role("button", name="No", exact=True).click()
    script.hears("say", text="No")
    # What the server says of it stands under the question and does not take its place.
    question(script)
    script.answer("It is too loud here for me to hear you well.", beside=True, buttons=buttons("Yes", "No"))
    expect(page.locator("#words")).to_contain_text("Trouble peeing")
    expect(page.locator(".lead")).to_have_text("It is too loud here for me to hear you well.")


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


def test_louder_and_quieter_are_told_and_shown(page: Page, address: str) -> None:
    script = Script(page)
    page.goto(address)
    # Louder than what the server says is louder than now.
    expect(page.locator("#volume-now")).to_have_text("Volume 80 percent")
    page.get_by_role("button", name="Louder").click()
    script.hears("volume", percent=90)
    script.say(type="volume", percent=65)
    expect(page.locator("#volume-now")).to_have_text("Volume 65 percent")
