"""Nothing is reachable without signing in but the kiosk, signed webhooks, health, and the door itself."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.routing import Rule

from flows.versions import Versions
from server import Parts, create_app
from settings import Settings
from voice.choose import Hearing

# What answers everybody, and why it may.
OPEN = {
    "GET /": "the kiosk's page",
    "GET /static/voice/<path:filename>": "its files",
    "GET /static/voice/words.js": "its words",
    "GET /manifest.webmanifest": "what its icon opens",
    "GET /offline.js": "the page without a server",
    "POST /voice/turn": "a turn at the kiosk",
    "GET /voice/audio/<name>.wav": "a spoken reply",
    "GET /voice/stream": "the kiosk's stream",
    "GET /desk/notice": "what the person at the kiosk is told about staff, by their conversation's name",
    "GET /healthz": "health",
    "GET /readyz": "health, for balancers",
    "GET /metrics": "health, for Prometheus: numbers alone",
    "GET /desk/sign-in": "the door",
    "POST /desk/sign-in": "the door; only with a form of ours, a name and a password",
    "GET /desk/static/<path:filename>": "how the door looks",
    "GET /desk/levels.css": "the levels' colours",
}
# Refused before anything is looked at: Twilio's signature is wrong.
WEBHOOKS = {"POST /sms", "POST /sms/status", "POST /desk/call/<int:alert>/<name>"}


@pytest.fixture
def app(tmp_path: Path, versions: Versions) -> Iterator[Flask]:
    settings = Settings(
        data_dir=tmp_path, worker=False, public_url="https://gym.example.com", twilio_auth_token="secret"
    )
    app = create_app(settings, Parts(versions, Hearing(None, "nobody listens")))
    yield app
    app.extensions["spotter"].close()


def ways(app: Flask) -> dict[str, tuple[str, Rule]]:
    """Every method and rule of the application, without what Flask answers by itself."""
    return {
        f"{method} {rule.rule}": (method, rule)
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }


def answer(app: Flask, method: str, rule: Rule) -> tuple[int, str]:
    """The status, and where it leads, for somebody without a cookie, a form or a signature."""
    named = {name: 1 if name in rule._converters and _counts(rule, name) else "x" for name in rule.arguments}
    with app.test_request_context():
        path = app.url_map.bind("gym.example.com").build(rule.endpoint, named, method=method)
    with app.test_client().open(path, method=method, base_url="https://gym.example.com") as response:
        return response.status_code, response.headers.get("Location", "")


def _counts(rule: Rule, name: str) -> bool:
    return type(rule._converters[name]).__name__ in ("IntegerConverter", "FloatConverter")


def reached(app: Flask) -> set[str]:
    """What was neither refused nor sent to the door."""
    found = set()
    for way, (method, rule) in ways(app).items():
        status, leads_to = answer(app, method, rule)
        sent_away = status == 302 and leads_to.startswith("/desk/sign-in")
        if way not in OPEN and status not in (401, 403) and not sent_away:
            found.add(way)
    return found


def test_every_other_route_refuses_who_is_not_signed_in(app: Flask) -> None:
    assert reached(app) == set()


def test_webhooks_refuse_whatever_twilio_did_not_sign(app: Flask) -> None:
    for way in WEBHOOKS:
        assert answer(app, *ways(app)[way])[0] == 403, way


def test_every_open_way_is_still_there(app: Flask) -> None:
    assert set(OPEN) <= set(ways(app))


def test_the_door_itself_takes_no_form_of_others(app: Flask) -> None:
    assert answer(app, *ways(app)["POST /desk/sign-in"])[0] == 400


def test_a_route_that_somebody_forgot_is_found(app: Flask) -> None:
    app.add_url_rule("/desk/forgotten/<int:one>", "forgotten", lambda one: f"row {one}")
    assert reached(app) == {"GET /desk/forgotten/<int:one>"}
