"""What the kiosk page is made of: its files, its headers and its colours."""

import json
import re
import struct
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from flows.levels import Level
from voice import page

STATIC = Path(page.__file__).with_name("static")
TEMPLATE = Path(page.__file__).with_name("templates") / "kiosk.html"


@pytest.fixture
def client() -> FlaskClient:
    app = Flask(__name__, static_folder=None)
    app.register_blueprint(page.page_blueprint("112", "116 123"))
    return app.test_client()


def test_the_page_carries_the_numbers_of_its_country(client: FlaskClient) -> None:
    html = client.get("/").get_data(as_text=True)
    assert 'href="tel:112"' in html
    assert 'data-crisis="116 123"' in html
    assert "911" not in html


@pytest.mark.parametrize("path", ["/", "/manifest.webmanifest", "/static/voice/app.js"])
def test_every_file_forbids_everything_from_elsewhere(client: FlaskClient, path: str) -> None:
    headers = client.get(path, buffered=True).headers
    policy = dict(part.split(" ", 1) for part in headers["Content-Security-Policy"].split("; "))
    assert policy["default-src"] == "'self'"
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"


def test_nothing_is_inline_and_nothing_comes_from_elsewhere() -> None:
    html = TEMPLATE.read_text()
    assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=", html)
    for file in [TEMPLATE, *(file for file in STATIC.iterdir() if file.suffix != ".png")]:
        outside = set(re.findall(r"(?:https?:)?//[\w.-]+\.\w+[^\s\"')]*", file.read_text()))
        assert outside <= {"http://www.w3.org/2000/svg"}, file.name


def test_every_file_and_icon_that_is_named_is_there(client: FlaskClient) -> None:
    sources = [TEMPLATE, STATIC / "manifest.webmanifest", *STATIC.glob("*.js")]
    named = {path for file in sources for path in re.findall(r"/static/voice/[\w.-]+", file.read_text())}
    named |= {
        f"/static/voice/{name}"
        for file in STATIC.glob("*.js")
        for name in re.findall(r'(?:from|URL\()\s*"\./([\w.-]+)"', file.read_text())
    }
    assert len(named) > 12
    for path in named:
        assert client.get(path, buffered=True).status_code == 200, path
    icons = set(re.findall(r'symbol id="([\w-]+)"', (STATIC / "icons.svg").read_text()))
    assert set(re.findall(r"icons\.svg#([\w-]+)", TEMPLATE.read_text())) <= icons
    assert {f"level-{level.id}" for level in Level} <= icons


def test_it_can_be_installed(client: FlaskClient) -> None:
    answer = client.get("/manifest.webmanifest", buffered=True)
    manifest = json.loads(answer.get_data())
    assert answer.mimetype == "application/manifest+json"
    assert (manifest["start_url"], manifest["scope"], manifest["display"]) == ("/", "/", "fullscreen")
    drawn = [icon for icon in manifest["icons"] if icon["type"] == "image/png"]
    assert {(icon["sizes"], icon["purpose"]) for icon in drawn} == {
        ("192x192", "any"), ("512x512", "any"), ("512x512", "maskable"),
    }  # fmt: skip
    for icon in drawn:
        # A PNG says its width and height in bytes 16 to 24.
        head = client.get(icon["src"], buffered=True).data[:24]
        assert "x".join(str(side) for side in struct.unpack(">II", head[16:])) == icon["sizes"]


def _luminance(colour: str) -> float:
    """Relative luminance of ``#rrggbb`` (WCAG 2.2)."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(one: str, other: str) -> float:
    light, dark = sorted([_luminance(one), _luminance(other)], reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _colours(css: str, selector: str) -> dict[str, str]:
    block = css[css.index(selector) :].split("}")[0]
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})\b", block))


def test_text_keeps_seven_to_one_on_every_ground() -> None:
    calm = _colours((STATIC / "kiosk.css").read_text(), ":root {")
    css = (STATIC / "emergency.css").read_text()
    alarm = calm | _colours(css, 'body[data-level="emergency"]:not([data-crisis]) {')
    levels = _colours((STATIC / "levels.css").read_text(), ":root {")
    alarm["ground"] = alarm["on-accent"] = levels["level-emergency-fill"]
    for colours in (calm, alarm):
        for ground in ("ground", "raised"):
            for text in ("ink", "quiet", "accent"):
                assert _contrast(colours[text], colours[ground]) >= 7, (text, ground)
        assert _contrast(colours["on-accent"], colours["accent"]) >= 7


@pytest.mark.parametrize("level", [level.id for level in Level])
def test_a_level_keeps_seven_to_one_in_both_themes(level: str) -> None:
    css = (STATIC / "levels.css").read_text()
    dark = _colours(css, ":root {")
    assert _contrast(dark[f"level-{level}"], "#0d1013") >= 7
    assert _contrast(dark[f"level-{level}-on"], dark[f"level-{level}-fill"]) >= 7
    assert _contrast(_colours(css, '[data-theme="light"] {')[f"level-{level}"], "#ffffff") >= 7
