"""How soon the kiosk's voice stops when somebody speaks. Run: ``python -m bench.barge_in`` (needs Chromium).

The real page in a real browser, the real server and ears; a synthetic voice in the microphone interrupts the
kiosk again and again. Counted from the first loud sample to the moment at which the page stops its sound.
"""

import argparse
import logging
import statistics
import tempfile
from pathlib import Path

from playwright.sync_api import expect

from server import create_app
from settings import Settings
from tests.voice.page_browser import Kiosk, browsing, served
from tests.voice.page_microphone import give_microphone, say, stopped_after
from voice.pyttsx3_synthesiser import Pyttsx3Synthesiser
from voice.wav import any_pcm

_WORDS = ("Say it again.", "Repeat that.")


def interruptions(kiosk: Kiosk, count: int) -> list[float]:
    """So many interruptions of what the kiosk says, in ms each."""
    page, voice = kiosk.page, Pyttsx3Synthesiser(patience=60.0)
    said = [any_pcm(voice.say(words)) for words in _WORDS]
    kiosk.tap("Ask me")
    page.click("#talk")
    kiosk.face("listening")
    kiosk.tap("Replay")
    took: list[float] = []
    for number in range(count):
        expect(page.locator(".word.said").first).to_be_visible(timeout=20_000)
        # At another moment of what it says each time.
        page.wait_for_timeout(number * 37 % 400)
        say(page, said[number % len(said)])
        kiosk.face("listening")
        took.append(stopped_after(page))
        kiosk.face("speaking", seconds=30)
        print(f"\r{number + 1} of {count}", end="", flush=True)
    return took


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("-n", type=int, default=50, help="interruptions (default: %(default)s)")
    count = parser.parse_args().n
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(Settings(data_dir=Path(folder), worker=False))
        with served(app) as address, browsing("--use-fake-ui-for-media-stream") as browser:
            kiosk = Kiosk(browser.new_page())
            give_microphone(kiosk.page)
            kiosk.page.goto(address)
            took = sorted(interruptions(kiosk, count))
        app.extensions["spotter"].close()
    within = sum(one <= 200 for one in took)
    print(
        f"\rstopped after, ms: median {statistics.median(took):.0f}, 95 of 100 within "
        f"{took[int(len(took) * 0.95)]:.0f}, slowest {took[-1]:.0f}; {within} of {count} within 200"
    )


if __name__ == "__main__":
    main()
