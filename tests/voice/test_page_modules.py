"""The page's modules by themselves, run by a real browser: the pure step, endpointing, the WAV."""

import base64
import io
import wave
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from flask import Flask
from playwright.sync_api import Page

from tests.voice.page_browser import browsing, needs_browser, served
from voice.page import page_blueprint

pytestmark = needs_browser

START = 'const { fresh, step, inCrisis } = await import("/static/voice/conversation.js");'
ANSWER = {
    "conversation": "c1", "heard": {"text": "it hurts"}, "replies": ["Any numbness?"], "audio": None,
    "level": "info", "done": False, "buttons": [], "ask_again_in": None, "emergency_number": "911",
}  # fmt: skip


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    app = Flask(__name__, static_folder=None)
    app.register_blueprint(page_blueprint())
    with served(app) as address, browsing() as browser:
        page = browser.new_page()
        page.goto(f"{address}/manifest.webmanifest")
        yield page


def after(page: Page, *events: dict[str, Any]) -> dict[str, Any]:
    """The state after ``events``, from a clean start."""
    script = f"""async (events) => {{
        {START}
        const state = events.reduce(step, fresh({{ emergency: "911", crisis: "988" }}));
        return {{ ...state, crisis: inCrisis(state) }};
    }}"""
    state: dict[str, Any] = page.evaluate(script, list(events))
    return state


def answered(**fields: Any) -> dict[str, Any]:
    return {"type": "answered", "answer": ANSWER | fields, "at": 1000}


def test_both_sides_are_kept_in_order(page: Page) -> None:
    state = after(page, answered(), answered(heard={"text": "no"}, replies=["One", "Two\nThree"]))
    assert state["exchanges"] == [
        {"heard": "it hurts", "replies": ["Any numbness?"], "notes": []},
        {"heard": "no", "replies": ["One", "Two", "Three"], "notes": []},
    ]


def test_a_new_conversation_of_the_server_drops_what_was_said_before(page: Page) -> None:
    state = after(page, answered(), answered(conversation="c2", replies=["Hi"], heard=None))
    assert state["exchanges"] == [{"heard": None, "replies": ["Hi"], "notes": []}]


def test_a_crisis_line_that_is_named_first_is_shown_first(page: Page) -> None:
    crisis = answered(level="emergency", done=True, replies=["Please call 988 now. Or call 911."])
    ambulance = answered(level="emergency", done=True, replies=["Call 911 now.", "988 listens too."])
    assert [after(page, crisis)[name] for name in ("call", "crisis")] == ["988", True]
    assert [after(page, ambulance)[name] for name in ("call", "crisis")] == ["911", False]


def test_what_an_emergency_leaves_on_the_screen_names_nobody(page: Page) -> None:
    alarm = answered(level="emergency", done=True, replies=["Call 911 now."])
    left = after(page, answered(), alarm, {"type": "forgotten"})
    assert left["exchanges"] == [{"heard": None, "replies": ["Call 911 now."], "notes": []}]
    assert (left["level"], left["conversation"]) == ("emergency", None)
    assert after(page, answered(), {"type": "forgotten"})["exchanges"] == []


def test_a_wait_that_failed_is_not_sent_for_ever(page: Page) -> None:
    waiting = answered(ask_again_in=180)
    failed = {"type": "failed", "kind": "broken", "reason": ""}
    assert after(page, waiting)["askAgainAt"] == 181_000
    assert after(page, waiting, failed | {"at": 60_000})["askAgainAt"] == 181_000
    assert after(page, waiting, failed | {"at": 181_001})["askAgainAt"] is None


def stop_time(page: Page, *parts: tuple[float, float]) -> tuple[float, bool]:
    """When endpointing stops, and whether it heard a voice: ``parts`` are (loudness, seconds)."""
    script = """async (parts) => {
        const { Endpoint } = await import("/static/voice/endpoint.js");
        const endpoint = new Endpoint();
        let time = 0;
        for (const [level, seconds] of parts)
            for (let i = 0; i < seconds * 50; i++, time += 0.02)
                if (endpoint.hear(level, 0.02)) return [time, endpoint.spoke];
        return [null, endpoint.spoke];
    }"""
    time, spoke = page.evaluate(script, parts)
    return time, spoke


@pytest.mark.parametrize(
    ("parts", "at", "spoke"),
    [
        ([(0.002, 1), (0.1, 2), (0.002, 5)], 4.5, True),
        ([(0.002, 1), (0.1, 1), (0.002, 1), (0.1, 1), (0.002, 5)], 5.5, True),
        ([(0.002, 30)], 7, False),
        ([(0.05, 30)], 7, False),  # steady music is no voice
        ([(0.05, 1), (0.2, 2), (0.05, 5)], 4.5, True),  # a voice above it is
        ([(0.002, 1), (0.3, 0.06), (0.002, 30)], 7, False),  # a plate set down
        ([(0.002, 0.5), *[(0.1, 0.5), (0.01, 0.5)] * 40], 20, True),
    ],
)
def test_endpointing(page: Page, parts: list[tuple[float, float]], at: float, spoke: bool) -> None:
    stopped, heard = stop_time(page, *parts)
    assert stopped == pytest.approx(at, abs=0.1)
    assert heard is spoke


def test_any_microphone_becomes_a_16_khz_wav(page: Page) -> None:
    script = """async () => {
        const { toWav } = await import("/static/voice/microphone.js");
        const tone = (i) => 0.5 * Math.sin((2 * Math.PI * 440 * i) / 48000);
        const blocks = Array.from({ length: 47 }, (_, block) =>
            Float32Array.from({ length: 1024 }, (_, i) => tone(block * 1024 + i)));
        const bytes = new Uint8Array(await (await toWav(blocks, 48000)).arrayBuffer());
        return btoa(String.fromCharCode(...bytes));
    }"""
    with wave.open(io.BytesIO(base64.b64decode(page.evaluate(script)))) as sound:
        shape = (sound.getframerate(), sound.getnchannels(), sound.getsampwidth())
        samples = np.frombuffer(sound.readframes(sound.getnframes()), "<i2")
    assert shape == (16_000, 1, 2)
    assert len(samples) == pytest.approx(47 * 1024 / 3, abs=2)
    spectrum = np.abs(np.fft.rfft(samples))
    assert np.argmax(spectrum) * 16_000 / len(samples) == pytest.approx(440, abs=2)
    assert samples.max() == pytest.approx(0.5 * 32767, rel=0.02)
