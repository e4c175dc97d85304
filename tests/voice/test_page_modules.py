"""The page's modules by themselves, run by a real browser: the pure step, the samples of the microphone."""

from collections.abc import Iterator
from itertools import chain
from typing import Any

import numpy as np
import pytest
from flask import Flask
from playwright.sync_api import Page

from tests.voice.page_browser import browsing, needs_browser, served
from voice.page import page_blueprint

pytestmark = needs_browser

ANSWER = {
    "conversation": "c1", "replies": ["Any numbness?"], "sentences": ["Any numbness?"],
    "id": "1", "level": "info", "done": False, "buttons": [], "ask_again_in": None, "emergency_number": "911",
    "confirming": False, "beside": False, "language": "en",
}  # fmt: skip
Events = list[dict[str, Any]]
NOW = {"now": 1000}
LISTENING = [{"type": "state", "state": "listening"}]


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    app = Flask(__name__, static_folder=None)
    app.register_blueprint(page_blueprint())
    with served(app) as address, browsing() as browser:
        page = browser.new_page()
        page.goto(f"{address}/manifest.webmanifest")
        yield page


def after(page: Page, *events: Events) -> dict[str, Any]:
    """The state after ``events``, from a clean start, with what it looks like."""
    script = """async (events) => {
        const { face, fresh, inCrisis, onScreen, step } = await import("/static/voice/conversation.js");
        const start = fresh({ emergency: "911", crisis: "988", heard: "en", language: "en" });
        const state = events.reduce(step, start);
        return { ...state, crisis: inCrisis(state), face: face(state), shown: onScreen(state) };
    }"""
    state: dict[str, Any] = page.evaluate(script, [NOW | event for event in chain(*events)])
    return state


def answered(heard: str = "it hurts", **fields: Any) -> Events:
    """Something was heard, and is answered."""
    return [
        {"type": "heard", "text": heard, "sure": True, "by": "speech"},
        {"type": "answer"} | ANSWER | fields,
    ]


def test_both_sides_are_kept_in_order(page: Page) -> None:
    state = after(page, answered(), answered(heard="no", replies=["One", "Two\nThree"]))
    assert state["exchanges"] == [
        {"heard": "it hurts", "replies": ["Any numbness?"], "notes": []},
        {"heard": "no", "replies": ["One", "Two", "Three"], "notes": []},
    ]


def test_a_new_conversation_of_the_server_drops_what_was_said_before(page: Page) -> None:
    state = after(page, answered(), answered(conversation="c2", replies=["Hi"], heard="hello"))
    assert state["exchanges"] == [{"heard": "hello", "replies": ["Hi"], "notes": []}]


def test_a_crisis_line_that_is_named_first_is_shown_first(page: Page) -> None:
    crisis = answered(level="emergency", done=True, replies=["Please call 988 now. Or call 911."])
    ambulance = answered(level="emergency", done=True, replies=["Call 911 now.", "988 listens too."])
    assert [after(page, crisis)[name] for name in ("call", "crisis")] == ["988", True]
    assert [after(page, ambulance)[name] for name in ("call", "crisis")] == ["911", False]


def test_what_an_emergency_leaves_on_the_screen_names_nobody(page: Page) -> None:
    alarm = answered(level="emergency", done=True, replies=["Call 911 now."])
    # They left, and then the server dropped the conversation as well.
    left: Events = [{"type": "left"}]
    idle: Events = [{"type": "state", "state": "idle"}]
    for events, conversation in ((left, "c1"), (idle, None), (left + idle, None)):
        state = after(page, LISTENING, answered(), alarm, events)
        assert state["exchanges"] == [{"heard": None, "replies": ["Call 911 now."], "notes": []}]
        assert (state["level"], state["conversation"]) == ("emergency", conversation)
        assert (state["alertedAt"], state["face"]) == (1000, "ready")
    for events in (idle, [{"type": "forgotten"}]):
        assert after(page, LISTENING, answered(), events)["exchanges"] == []


def test_once_they_have_left_nothing_is_shown_but_when_it_asks_again(page: Page) -> None:
    asleep = [{"type": "state", "state": "asleep", "ask_again_in": 120}]
    part = [{"type": "partial", "text": "my"}]
    resting = after(page, LISTENING, answered(), part, asleep)
    assert (resting["face"], resting["shown"]["heard"]) == ("ready", "it hurts")
    left = [{"type": "left"}]
    state = after(page, LISTENING, answered(), part, asleep, left)
    assert (state["face"], state["shown"], state["heard"]) == ("asleep", None, None)
    assert state["askAgainAt"] == 121_000
    awake = after(page, LISTENING, answered(), asleep, left, LISTENING)
    assert awake["shown"]["replies"] == ["Any numbness?"]


def test_a_no_that_is_not_sure_is_asked_about_in_front_of_its_question(page: Page) -> None:
    unsure = answered("no", confirming=True, beside=True, replies=["I heard no. Is that right?"])
    asked = after(page, LISTENING, answered(), unsure)
    assert asked["shown"] == {"heard": "no", "replies": ["Any numbness?", "I heard no. Is that right?"]}
    assert len(asked["exchanges"]) == 1
    taken = after(page, LISTENING, answered(), unsure, answered("yes", replies=["Any fever?"]))
    assert taken["shown"] == {"heard": "no", "replies": ["Any fever?"]}


def test_the_microphone_is_open_only_when_it_can_be_of_use(page: Page) -> None:
    on = [{"type": "microphone", "now": "on"}]
    ready = {"type": "ready", "hears": "en", "wake": "", "emergency_number": "911"}
    lost = {"type": "lost", "kind": "lost", "reason": ""}

    def listens(*events: Events) -> Any:
        script = """async (events) => {
            const { fresh, listens, step } = await import("/static/voice/conversation.js");
            return listens(events.reduce(step, fresh({ emergency: "911", heard: "en", language: "en" })));
        }"""
        return page.evaluate(script, [NOW | event for event in chain(*events)])

    assert not listens([ready], LISTENING)
    assert listens([ready], on, LISTENING)
    assert not listens([ready], on)
    assert listens([ready | {"wake": "hey spotter"}], on)
    assert not listens([ready | {"hears": ""}], on, LISTENING)
    assert not listens([ready], on, LISTENING, [{"type": "microphone", "now": "off"}])
    assert not listens([ready], on, LISTENING, [lost])


def test_what_the_page_says_by_itself_is_not_shown_as_heard(page: Page) -> None:
    repeat = [{"type": "sending", "words": "repeat", "quiet": True}]
    state = after(page, LISTENING, answered(), repeat, answered("repeat"))
    assert state["exchanges"] == [{"heard": "it hurts", "replies": ["Any numbness?"], "notes": []}]
    assert state["heard"] is None


def test_any_microphone_becomes_16_khz_samples(page: Page) -> None:
    script = """async (rate) => {
        const { Resampler } = await import("/static/voice/resampler.js");
        const resampler = new Resampler(rate, 16000);
        const wave = (hertz, i) => 0.4 * Math.sin((2 * Math.PI * hertz * i) / rate);
        const tone = (i) => wave(440, i) + wave(15000, i);
        const out = [];
        for (let block = 0; block < rate / 128; block++)
            out.push(...resampler.feed(Float32Array.from({ length: 128 }, (_, i) => tone(block * 128 + i))));
        return out;
    }"""
    for rate in (44_100, 48_000):
        samples = np.array(page.evaluate(script, rate))[100:-100]
        assert len(samples) == pytest.approx(16_000, abs=400)
        spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples))))
        hertz = np.arange(len(spectrum)) * 16_000 / len(samples)
        assert hertz[np.argmax(spectrum)] == pytest.approx(440, abs=3)
        # What lies above 8 kHz is gone, and does not come back as another tone.
        assert spectrum[hertz > 600].max() < spectrum.max() / 300
        assert samples.max() == pytest.approx(0.4 * 32767, rel=0.03)
