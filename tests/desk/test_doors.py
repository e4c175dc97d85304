"""Nothing of the desk is shown or done without signing in."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask, g
from flask.testing import FlaskClient
from sqlalchemy import select

from desk.doors import Doors, secret_key
from desk.users import Role
from store.store import Store
from store.tables import trail
from tests.keys import KEYS
from tests.together import run_together

NOW = 1_790_000_000.0
PASSWORD = "four odd words here"
# The browser of the tests speaks as if over TLS, since cookies are given out there only.
SECURE = {"base_url": "https://desk.example.com"}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store(f"sqlite:///{tmp_path / 'desk.db'}", KEYS, lambda: NOW)
    yield store
    store.database.close()


@pytest.fixture
def doors(store: Store) -> Doors:
    doors = Doors(store.database, lambda: NOW)
    doors.users.add("Ana", Role.STAFF, PASSWORD, NOW)
    doors.users.add("Lee", Role.ADMIN, PASSWORD, NOW)
    return doors


@pytest.fixture
def client(doors: Doors) -> FlaskClient:
    app = Flask(__name__, static_folder=None)
    doors.hang_in(app, "k" * 32)

    @app.route("/desk/secret", methods=["GET", "POST"])
    @doors.signed_in()
    def secret() -> str:
        return f"hello {g.user.name}"

    @app.get("/desk/roster")
    @doors.signed_in(Role.ADMIN)
    def roster() -> str:
        return "everybody"

    @app.get("/desk/live")
    @doors.signed_in(touch=False)
    def live() -> str:
        return "news"

    return app.test_client()


def token(client: FlaskClient, path: str = "/desk/sign-in") -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get(path, **SECURE).text)
    assert found
    return found[1]


def sign_in(client: FlaskClient, name: str = "Ana", password: str = PASSWORD, **more: str) -> int:
    form = {"csrf_token": token(client), "name": name, "password": password} | more
    headers = {"Referer": "https://desk.example.com/desk/sign-in"}
    return client.post("/desk/sign-in", data=form, headers=headers, **SECURE).status_code


def test_who_is_not_signed_in_is_sent_to_the_door_and_back(client: FlaskClient) -> None:
    away = client.get("/desk/secret?x=1", **SECURE)
    assert away.status_code == 302
    assert "/desk/sign-in?next=" in away.headers["Location"]
    assert client.post("/desk/secret", **SECURE).status_code == 401
    assert client.get("/desk/live", **SECURE).status_code == 401
    assert sign_in(client) == 302
    assert client.get("/desk/secret", **SECURE).text == "hello Ana"
    assert client.get("/desk/live", **SECURE).text == "news"
    assert client.get("/desk/roster", **SECURE).status_code == 403


def test_a_wrong_password_is_told_without_a_hint_and_kept_in_the_trail(
    client: FlaskClient, store: Store
) -> None:
    assert sign_in(client, password="wrong wrong wrong") == 401
    assert sign_in(client, name="Nobody") == 401
    assert client.get("/desk/secret", **SECURE).status_code == 302
    with store.database.glance() as connection:
        kept = connection.execute(select(trail.c.who, trail.c.action)).all()
    # What was typed as a name may be a password.
    assert kept == [("Ana", "refused")]


def test_what_is_typed_in_place_of_a_name_is_not_kept(client: FlaskClient, store: Store) -> None:
    assert sign_in(client, name=PASSWORD, password="Ana") == 401
    assert sign_in(client, name="Ana\x00", password=PASSWORD) == 401
    assert sign_in(client, name="Ana", password="wrong wrong wrong") == 401
    with store.database.reading() as connection:
        told = [(row.who, row.action) for row in connection.execute(select(trail).order_by(trail.c.id))]
    assert told == [("Ana", "refused")]


def test_a_form_from_elsewhere_does_nothing(client: FlaskClient) -> None:
    assert sign_in(client) == 302
    headers = {"Referer": "https://desk.example.com/desk/"}
    assert client.post("/desk/secret", headers=headers, **SECURE).status_code == 400
    good = {"csrf_token": token(client)}
    assert client.post("/desk/secret", data=good, headers=headers, **SECURE).status_code == 200
    elsewhere = {"Referer": "https://evil.example.com/"}
    assert client.post("/desk/secret", data=good, headers=elsewhere, **SECURE).status_code == 400


@pytest.mark.parametrize(
    "onward", ["https://evil.example.com/", "//evil.example.com", "/desk/\\evil", "/sms"]
)
def test_the_door_leads_nowhere_else(client: FlaskClient, onward: str) -> None:
    form = {"csrf_token": token(client), "name": "Ana", "password": PASSWORD, "next": onward}
    headers = {"Referer": "https://desk.example.com/"}
    answer = client.post("/desk/sign-in", data=form, headers=headers, **SECURE)
    assert answer.headers["Location"] == "/desk/"


def test_cookies_stay_with_the_browser_and_pages_run_nothing_from_elsewhere(client: FlaskClient) -> None:
    page = client.get("/desk/sign-in", **SECURE)
    cookie = page.headers["Set-Cookie"]
    for word in ("HttpOnly", "Secure", "SameSite=Strict", "Path=/desk"):
        assert word in cookie
    policy = page.headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    assert page.headers["Cache-Control"] == "no-store"
    assert "<style" not in page.text
    assert "<script>" not in page.text


def test_signing_out_ends_it_on_the_server(client: FlaskClient) -> None:
    assert sign_in(client) == 302
    kept = client.get_cookie("spotter_desk", domain="desk.example.com", path="/desk")
    assert kept
    headers = {"Referer": "https://desk.example.com/desk/"}
    assert client.post("/desk/sign-out", data={"csrf_token": token(client)}, headers=headers, **SECURE)
    client.set_cookie("spotter_desk", kept.value, domain="desk.example.com", path="/desk")
    assert client.get("/desk/secret", **SECURE).status_code == 302


def test_browsers_say_where_a_form_comes_from_since_behind_tls_it_is_asked(client: FlaskClient) -> None:
    assert client.get("/desk/sign-in", **SECURE).headers["Referrer-Policy"] == "same-origin"


def test_without_a_database_the_door_says_so_and_lets_nobody_in(
    client: FlaskClient, store: Store, tmp_path: Path
) -> None:
    assert sign_in(client) == 302
    store.database.close()
    for file in tmp_path.glob("desk.db*"):
        file.unlink()
    (tmp_path / "desk.db").mkdir()
    for path in ("/desk/secret", "/desk/live"):
        answer = client.get(path, **SECURE)
        assert answer.status_code == 503
        assert "without this page" in answer.text
    assert sign_in(client) == 503


def test_the_key_is_made_once_and_only_ours_to_read(tmp_path: Path) -> None:
    made = secret_key("", tmp_path / "var")
    assert len(made) == 64
    assert secret_key("", tmp_path / "var") == made
    assert (tmp_path / "var" / "secret_key").stat().st_mode & 0o777 == 0o600
    assert secret_key("g" * 32, tmp_path) == "g" * 32


def test_all_who_start_at_once_have_the_same_key(tmp_path: Path) -> None:
    keys: list[str] = []
    run_together(8, lambda _: keys.append(secret_key("", tmp_path)))
    assert len(set(keys)) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["secret_key"]


def test_a_key_that_cannot_be_kept_or_was_cut_off_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "full").touch()
    (tmp_path / "secret_key").touch()
    for place in (tmp_path / "full", tmp_path):
        made = secret_key("", place)
        assert len(made) == 64
        assert secret_key("", place) != made


def test_the_command_line_adds_people_and_checks_the_trail(tmp_path: Path) -> None:
    environment = {"SPOTTER_DATA_DIR": str(tmp_path), "PATH": "/usr/bin:/bin"}

    def desk(*words: str, typed: str = "") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "desk", *words],
            input=typed,
            env=environment,
            capture_output=True,
            text=True,
        )

    assert "Nobody yet" in desk("user", "list").stdout
    assert "12 characters" in desk("user", "add", "Ana", "--role", "admin", typed="short\n").stderr
    assert "can sign in" in desk("user", "add", "Ana", "--role", "admin", typed=f"{PASSWORD}\n").stdout
    assert "otpauth://totp/Spotter:Ana" in desk("user", "totp", "Ana").stdout
    assert desk("user", "list").stdout == "Ana: admin, with a code\n"
    checked = desk("audit", "verify")
    # The first try stands there twice: as begun, and as not done.
    assert "All 4 lines are as they were written" in checked.stdout
    assert desk("audit", "show", "--last", "1").stdout.endswith("user totp  Ana\n")
    seal = checked.stdout.split()[-1]
    assert desk("audit", "verify", "--head", seal).returncode == 0
    gone = desk("audit", "verify", "--head", "0" * 64)
    assert (gone.returncode, "cut off" in gone.stderr) == (1, True)
