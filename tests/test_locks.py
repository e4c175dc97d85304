"""The locks on every route: signatures for Twilio's, rates and sizes for others, no page from elsewhere."""

import http.client
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.routing import Rule

from flows.versions import Versions
from rates import LARGEST_REQUEST, OTHERS, RATES, SIGN_IN, Rate, Rates
from server import Parts, create_app
from settings import Settings
from store.tables import trail
from tests.sms.phone import PUBLIC_URL, TOKEN, Phone
from tests.voice.stream_client import serving
from voice.choose import Hearing

# What answers without Twilio's signature. Whoever adds to the list names its own lock in SECURITY.md.
DESK = {"doors", "console", "overviews", "kept"}
UNSIGNED = {"page", "voice", "stream", "notice", "status"} | DESK
# Of the desk, what whoever is to sign in must have.
OPEN = {"doors.sign_in", "doors.static", "overviews.colours"}
FAR = "54.172.60.7"
AFAR = {"X-Forwarded-For": FAR}

HANDSHAKE = {
    "Upgrade": "websocket",
    "Connection": "Upgrade",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    "Sec-WebSocket-Version": "13",
}


@pytest.fixture
def app(versions: Versions, tmp_path: Path) -> Iterator[Flask]:
    settings = Settings(data_dir=tmp_path, public_url=PUBLIC_URL, twilio_auth_token=TOKEN, worker=False)
    app = create_app(settings, Parts(versions, Hearing(None, "nobody speaks here")))
    yield app
    app.extensions["spotter"].close()


def routes(app: Flask) -> list[tuple[str, Rule]]:
    """Every route with a path that leads to it."""
    return [(re.sub("<[^>]*>", "1", str(rule)), rule) for rule in app.url_map.iter_rules()]


def test_every_route_asks_for_twilios_signature_or_is_known_not_to(app: Flask) -> None:
    client, signed = app.test_client(), []
    for path, rule in routes(app):
        if rule.endpoint.partition(".")[0] in UNSIGNED:
            continue
        for method in (rule.methods or set()) - {"OPTIONS"}:
            for header in ({}, {"X-Twilio-Signature": "MDEyMzQ1Njc4OTAxMjM0NTY3ODk="}):
                answer = client.open(path, method=method, data={"Body": "hi", "Digits": "1"}, headers=header)
                assert answer.status_code == 403, f"{method} {path}"
        signed.append(path)
    assert {"/sms", "/sms/status"} < set(signed)
    assert any(path.startswith("/desk/call/") for path in signed)


def test_nothing_else_of_the_desk_is_reached_without_signing_in(app: Flask) -> None:
    client, locked = app.test_client(), set()
    client.environ_base.update(HTTP_COOKIE="spotter_desk=eyJkZXNrIjoiYWRtaW4ifQ.aaaaaa.bbbbbb")
    for path, rule in routes(app):
        if rule.endpoint.partition(".")[0] in UNSIGNED - DESK or rule.endpoint in OPEN:
            continue
        if path.startswith("/desk/call/") or not path.startswith("/desk"):
            continue
        for method in (rule.methods or set()) - {"OPTIONS"}:
            answer = client.open(path, method=method, data={"words": "hi", "name": "kay"})
            assert answer.status_code in (302, 401), f"{method} {path}"
            assert answer.status_code == 401 or "/desk/sign-in?" in answer.headers["Location"], path
        locked.add(rule.endpoint)
    assert {"doors.sign_out", "console.alerts", "console.show", "console.say", "console.live"} <= locked
    with app.extensions["spotter"].store.database.reading() as connection:
        assert connection.execute(select(trail)).all() == []


def test_what_is_open_or_signed_is_all_that_needs_no_sign_in(app: Flask) -> None:
    for rule in app.url_map.iter_rules():
        room = rule.endpoint.partition(".")[0]
        if room in DESK and rule.endpoint not in OPEN:
            assert getattr(app.view_functions[rule.endpoint], "needs_role", None), rule.endpoint


def test_twilio_is_never_told_to_wait(app: Flask) -> None:
    phone = Phone(app.test_client())
    phone.client.environ_base.update(REMOTE_ADDR="54.172.60.1", HTTP_X_FORWARDED_FOR="54.172.60.1")
    codes = {phone.post(phone.fields("hi"), signed="wrong").status for _ in range(OTHERS.at_once * 2)}
    assert codes == {403}
    assert phone.text("hi").status == 200


def test_every_other_route_has_a_rate(app: Flask) -> None:
    client = app.test_client()
    client.environ_base.update(REMOTE_ADDR=FAR)
    for path, rule in routes(app):
        if rule.endpoint.partition(".")[0] not in UNSIGNED:
            continue
        method = "POST" if "POST" in (rule.methods or set()) else "GET"
        for _ in range(400):
            answer = client.open(path, method=method)
            answer.close()
            if answer.status_code == 429:
                break
        assert answer.status_code == 429, path
        assert "911" in answer.get_json()["error"]
        assert int(answer.headers["Retry-After"]) >= 1
    client.environ_base.update(REMOTE_ADDR="54.172.60.8")
    assert client.get("/").status_code == 200


def test_an_address_has_few_tries_to_sign_in_and_takes_none_from_others(app: Flask) -> None:
    client = app.test_client()
    client.environ_base.update(REMOTE_ADDR=FAR)
    codes = [
        client.post("/desk/sign-in", data={"name": "Ana"}).status_code for _ in range(SIGN_IN.at_once + 1)
    ]
    assert codes == [400] * SIGN_IN.at_once + [429]
    assert client.get("/desk/sign-in").status_code == 200
    for number in range(2 * SIGN_IN.at_once):
        client.environ_base.update(REMOTE_ADDR=f"54.0.0.{number}")
        codes = [
            client.post("/desk/sign-in", data={"name": "Ana"}).status_code for _ in range(SIGN_IN.at_once)
        ]
        assert codes == [400] * SIGN_IN.at_once


def test_who_tries_to_sign_in_too_often_is_told_on_a_page_and_programs_as_ever(app: Flask) -> None:
    client = app.test_client()
    client.environ_base.update(REMOTE_ADDR=FAR)
    for _ in range(SIGN_IN.at_once):
        client.post("/desk/sign-in", data={"name": "Ana"})
    # As Firefox asks.
    asks = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
    page = client.post("/desk/sign-in", data={"name": "Ana"}, headers={"Accept": asks})
    assert (page.status_code, page.mimetype) == (429, "text/html")
    assert f"Try again in {page.headers['Retry-After']} seconds." in page.text
    assert "Content-Security-Policy" in page.headers
    for asks in ("*/*", "application/json", ""):
        answer = client.post("/desk/sign-in", data={"name": "Ana"}, headers={"Accept": asks})
        assert (answer.status_code, answer.get_json()["emergency_number"]) == (429, "911")
        assert int(answer.headers["Retry-After"]) >= 1


def test_a_kiosk_on_this_machine_is_never_told_to_wait(app: Flask) -> None:
    client, most = app.test_client(), RATES["voice.turn"].at_once
    here = {client.post("/voice/turn", data="x").status_code for _ in range(2 * most)}
    afar = [client.post("/voice/turn", data="x", headers=AFAR).status_code for _ in range(2 * most)]
    assert here == {415}
    assert 429 in afar


def test_who_waits_may_ask_again_and_all_together_have_a_bound() -> None:
    now = [0.0]
    rates, rate = Rates(lambda: now[0]), Rate(60, 2)
    assert [rates.wait("a", "turn", rate) for _ in range(3)] == [0.0, 0.0, 1.0]
    assert rates.wait("b", "turn", rate) == 0.0
    assert rates.wait("a", "page", rate) == 0.0
    now[0] += 1.0
    assert [rates.wait("a", "turn", rate) for _ in range(2)] == [0.0, 1.0]
    now[0] += 3600.0
    assert [rates.wait("a", "turn", rate) > 0 for _ in range(3)] == [False, False, True]
    for client in range(6000):
        rates.wait(str(client), "turn", rate)
    assert len(rates._left) == 5000


def test_new_addresses_do_not_help(app: Flask) -> None:
    client = app.test_client()
    for number in range(20 * RATES["voice.turn"].at_once):
        client.environ_base.update(REMOTE_ADDR=f"54.0.{number // 250}.{number % 250}")
        if client.post("/voice/turn", data="x").status_code == 429:
            return
    raise AssertionError("any number of addresses may ask at once")


@pytest.mark.parametrize("peer", [FAR, "192.168.1.20", "172.30.83.9"])
def test_who_is_no_proxy_of_ours_cannot_choose_its_address(app: Flask, peer: str) -> None:
    client = app.test_client()
    client.environ_base.update(REMOTE_ADDR=peer)
    codes = {
        client.post("/voice/turn", data="x", headers={"X-Forwarded-For": f"10.0.0.{one}"}).status_code
        for one in range(2 * RATES["voice.turn"].at_once)
    }
    assert 429 in codes


def test_a_proxy_that_is_named_is_believed(versions: Versions, tmp_path: Path) -> None:
    settings = Settings.from_environment(
        {"SPOTTER_DATA_DIR": str(tmp_path), "SPOTTER_PROXY": "172.30.83.0/24", "SPOTTER_WORKER": "off"}
    )
    app = create_app(settings, Parts(versions, Hearing(None, "nobody speaks here")))
    client = app.test_client()
    client.environ_base.update(REMOTE_ADDR="172.30.83.9")
    first, second = (
        {
            client.post("/voice/turn", data="x", headers={"X-Forwarded-For": one}).status_code
            for _ in range(80)
        }
        for one in (FAR, "54.172.60.8")
    )
    assert first == second == {415, 429}
    app.extensions["spotter"].close()


@pytest.mark.parametrize("path", ["/sms", "/sms/status", "/desk/call/1/sam"])
def test_a_webhook_reads_no_more_than_twilio_sends(app: Flask, path: str) -> None:
    large = {"Body": "x" * (LARGEST_REQUEST + 1)}
    assert app.test_client().post(path, data=large).status_code == 413


def test_json_and_forms_have_a_largest_size(app: Flask) -> None:
    client = app.test_client()
    assert client.post("/voice/turn", json={"text": "x" * 3_000_000}).status_code == 413
    many = {f"field{number}": "x" for number in range(60)}
    assert client.post("/voice/turn", data=many, content_type="multipart/form-data").status_code == 413
    assert app.config["MAX_CONTENT_LENGTH"] == LARGEST_REQUEST


def test_nothing_is_served_that_helps_to_debug(app: Flask) -> None:
    assert not app.debug
    assert not app.testing
    assert "PROPAGATE_EXCEPTIONS" not in {name for name, value in app.config.items() if value}
    for path in ("/console", "/?__debugger__=yes&cmd=resource&f=style.css"):
        assert b"Werkzeug" not in app.test_client().get(path).data


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        ("http://localhost", 415),
        ("https://gym.example.com", 415),
        ("http://localhost:8123", 403),
        ("https://evil.example.com", 403),
        ("https://gym.example.com.evil.example.com", 403),
        ("null", 403),
        ("http://[", 403),
        ("", 403),
    ],
)
def test_a_page_from_elsewhere_cannot_take_a_turn(app: Flask, origin: str, status: int) -> None:
    answer = app.test_client().post("/voice/turn", data="x", headers={"Origin": origin})
    assert answer.status_code == status


def test_a_page_from_elsewhere_cannot_open_the_stream(app: Flask) -> None:
    with serving(app) as url:
        here = urlsplit(url).netloc
        for origin, status in ((f"http://{here}", 101), (PUBLIC_URL, 101), ("https://evil.example.com", 403)):
            asking = http.client.HTTPConnection(here, timeout=10)
            asking.request("GET", "/voice/stream", headers=HANDSHAKE | {"Origin": origin})
            assert asking.getresponse().status == status
            asking.close()


def test_without_a_public_address_an_empty_origin_is_still_refused(
    versions: Versions, tmp_path: Path
) -> None:
    settings = Settings(data_dir=tmp_path, worker=False)
    app = create_app(settings, Parts(versions, Hearing(None, "nobody speaks here")))
    assert app.test_client().post("/voice/turn", data="x", headers={"Origin": ""}).status_code == 403
    app.extensions["spotter"].close()
