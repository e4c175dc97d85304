"""A real browser in front of a real server, for the tests of the kiosk page."""

import shutil
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, ConsoleMessage, Page, expect, sync_playwright
from werkzeug.serving import make_server

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
needs_browser = pytest.mark.skipif(
    CHROMIUM is None, reason="THE KIOSK PAGE WAS NOT TESTED: install Chromium (apt install chromium)"
)
_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--autoplay-policy=no-user-gesture-required",
]
LANGUAGES = {"en": "English", "es": "Español"}
SIZES = {"phone": (390, 844), "wide": (1280, 800), "tall": (800, 1280), "square": (1024, 768)}


@contextmanager
def served(app: Flask) -> Iterator[str]:
    """``app`` on a port of its own; gives its address."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    # An open stream ends with its page, not with the server.
    server.daemon_threads = True  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def browsing(*flags: str, environment: Mapping[str, str] | None = None) -> Iterator[Browser]:
    """Chromium, started with ``flags`` besides those that every test needs.

    With ``environment`` it is in that of a room, and plays its sounds there; without, it plays none.
    """
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=[*_FLAGS, *flags],
            env=dict(environment) if environment else None,
            ignore_default_args=["--mute-audio"] if environment else None,
        )
        try:
            yield browser
        finally:
            browser.close()


def hears(wav: Path) -> list[str]:
    """Flags that make ``wav`` what the microphone hears, once."""
    return [
        "--use-fake-device-for-media-stream",
        "--use-fake-ui-for-media-stream",
        f"--use-file-for-fake-audio-capture={wav}%noloop",
    ]


@dataclass
class Kiosk:
    """The page, handled as a person would: by what it shows."""

    page: Page
    complaints: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("console", self._note)

    def _note(self, line: ConsoleMessage) -> None:
        if line.type == "error":
            self.complaints.append(line.text)

    def face(self, *names: str, seconds: float = 15) -> None:
        """Waits until one of ``names`` is the face shown."""
        wanted = ", ".join(f"body[data-face={name}]" for name in names)
        self.page.wait_for_selector(wanted, timeout=seconds * 1000)

    def answered(self, count: int) -> None:
        """Waits until ``count`` answers came in this conversation and the last one is on the screen."""
        self.face("speaking", "ready")
        expect(self.page.locator("#earlier li")).to_have_count(count - 1, timeout=15_000)

    def type(self, words: str) -> None:
        self.page.click("#type")
        self.page.fill("#typed", words)
        self.page.keyboard.press("Enter")

    def tap(self, label: str) -> None:
        self.page.get_by_role("button", name=label, exact=True).click()

    def edges(self, selector: str) -> tuple[float, float]:
        """Where the one element of ``selector`` begins and ends from the top of the screen, in pixels."""
        box = self.page.locator(selector).bounding_box()
        assert box is not None, f"{selector} is not on the screen"
        return box["y"], box["y"] + box["height"]

    def words(self) -> str:
        """Everything the person can read."""
        return self.page.inner_text("body")
