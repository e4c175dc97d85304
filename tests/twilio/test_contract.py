"""Our requests against Twilio's own description of its interface, served by Prism.

The description comes with Twilio's command line (`@twilio/cli-core`, see ``contract/package.json``).
"""

import json
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from twilio.http.response import Response

from settings import Settings
from sms.carrier import SendError
from sms.twilio_rest import Twilio
from tests.twilio.standin import ACCOUNT, TOKEN, Pointed

CONTRACT = Path(__file__).with_name("contract")
MODULES = CONTRACT / "node_modules"
DESCRIPTION = MODULES / "@twilio" / "cli-core" / "src" / "services" / "twilio-api" / "twilio_api_v2010.json"
PRISM = MODULES / "@stoplight" / "prism-cli" / "dist" / "index.js"
SETTINGS = Settings(
    public_url="https://gym.example.com",
    sms_from="+12025550199",
    twilio_account_sid=ACCOUNT,
    twilio_auth_token=TOKEN,
)
PERSON = "+12025550123"
EMPTY = {"/Messages.json": "readEmptySentdateGreater", "/Calls.json": "readEmptyDatesGreater"}


class Checked(Pointed):
    """Takes down what Prism has against each request. Lists are asked for empty: Prism's have no end."""

    def __init__(self, base: str) -> None:
        super().__init__(base, timeout=30.0)
        self.answers: list[tuple[int, list[str]]] = []

    def request(
        self, method: str, url: str, *args: Any, headers: dict[str, str] | None = None, **more: Any
    ) -> Response:
        empty = next((one for path, one in EMPTY.items() if url.endswith(path)), "")
        wanted = {"Prefer": f"example={empty}"} if method.upper() == "GET" and empty else {}
        response = super().request(method, url, *args, headers={**(headers or {}), **wanted}, **more)
        found = json.loads(response.headers.get("sl-violations", "[]"))
        ours = [one["message"] for one in found if one["location"][0] == "request"]
        self.answers.append((response.status_code, ours))
        return response


@pytest.fixture(scope="module")
def prism() -> Iterator[str]:
    """Where Prism serves the description."""
    npm, node = shutil.which("npm"), shutil.which("node")
    if npm is None or node is None:
        pytest.skip("no npm here: requests are not held against Twilio's description (apt install npm)")
    if not (MODULES / ".package-lock.json").exists():
        told = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
        done = subprocess.run(told, cwd=CONTRACT, capture_output=True, text=True, check=False)
        if done.returncode:
            pytest.skip("npm could not install Prism: is there a network?")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    told = [node, str(PRISM), "mock", "-h", "127.0.0.1", "-p", str(port), str(DESCRIPTION)]
    with subprocess.Popen(told, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            _wait_for(port, process)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.kill()


@pytest.fixture
def checked(prism: str) -> Iterator[Checked]:
    """The network, which at the end must have carried requests and no violation."""
    checked = Checked(prism)
    yield checked
    assert checked.answers
    assert [found for _, found in checked.answers if found] == []
    assert {status for status, _ in checked.answers} <= {200, 201}


@pytest.mark.parametrize("sms_from", ["+12025550199", "MG" + "1" * 32])
def test_a_text_and_a_page(checked: Checked, sms_from: str) -> None:
    settings = Settings(**{**vars(SETTINGS), "sms_from": sms_from})
    assert Twilio(settings, checked).text(PERSON, "How is it now?", send=1, valid_for=None).sid
    assert Twilio(settings, checked).text(PERSON, "Emergency", send=2, valid_for=300).sid


def test_a_call(checked: Checked) -> None:
    placed = Twilio(SETTINGS, checked).call(PERSON, "<Response><Say>Help.</Say></Response>", send=3)
    assert placed.sid.startswith("CA")


def test_the_lists(checked: Checked) -> None:
    twilio = Twilio(SETTINGS, checked)
    assert twilio.received(1_790_000_000.0) == []
    assert twilio.outgoing("sms", PERSON, 1_790_000_000.0) == []
    assert twilio.outgoing("call", PERSON, 1_790_000_000.0) == []


def test_looking_one_up(checked: Checked) -> None:
    twilio = Twilio(SETTINGS, checked)
    assert twilio.look_up("sms", "SM" + "0" * 32).sid.startswith("SM")
    assert twilio.look_up("call", "CA" + "0" * 32).sid.startswith("CA")


def test_a_wrong_request_would_be_noticed(prism: str) -> None:
    checked = Checked(prism)
    with pytest.raises(SendError):
        Twilio(SETTINGS, checked).text(PERSON, "Emergency", send=1, valid_for="soon")  # type: ignore[arg-type]
    assert checked.answers[0][0] >= 400


def _wait_for(port: int, process: "subprocess.Popen[bytes]") -> None:
    give_up = time.monotonic() + 120
    while time.monotonic() < give_up and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.2)
    pytest.fail("Prism did not start")
