"""A whole conversation at the page, by speech alone: a real browser, the real application and ears."""

from pathlib import Path

from playwright.sync_api import expect

from server import create_app
from settings import Settings
from tests.voice.conftest import Speak
from tests.voice.page_browser import Kiosk, browsing, needs_browser, served
from tests.voice.page_microphone import give_microphone, say

pytestmark = needs_browser

# What somebody answers who has overdone it a little, by a part of the question; "No." to all others.
STIFF = {
    "What happened": "My lower back is stiff and tight after squats.",
    "sharp": "It is stiff and tight.",
    "How bad is the pain": "Three out of ten.",
    "How is your back now": "It feels better now.",
    "Is that right": "Yes.",
}


def talk(kiosk: Kiosk, speak: Speak) -> None:
    """They answer whatever is asked until they have their advice."""
    page = kiosk.page
    page.click("#talk")
    kiosk.face("listening")
    words = STIFF["What happened"]
    for _ in range(15):
        say(page, speak(words))
        kiosk.face("thinking", "speaking", seconds=30)
        kiosk.face("listening", "ready", seconds=60)
        if page.locator("#level").is_visible():
            return
        question = page.inner_text(".lead")
        words = next((answer for part, answer in STIFF.items() if part in question), "No.")
        # They have walked for a while, and come back before the kiosk asks again.
        if page.locator("#wait").is_visible() and words == "No.":
            page.click("#talk")
            kiosk.face("listening", seconds=30)
            words = STIFF["How is your back now"]


def test_who_overdid_it_a_little_is_told_to_carry_on_lighter(tmp_path: Path, speak: Speak) -> None:
    app = create_app(Settings(data_dir=tmp_path, worker=False))
    with served(app) as address, browsing("--use-fake-ui-for-media-stream") as browser:
        kiosk = Kiosk(browser.new_page())
        give_microphone(kiosk.page)
        kiosk.page.goto(address)
        talk(kiosk, speak)
        expect(kiosk.page.locator("body")).to_have_attribute("data-level", "modify")
        expect(kiosk.page.locator("#level")).to_be_visible()
        assert kiosk.complaints == []
    app.extensions["spotter"].close()
