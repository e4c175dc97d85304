"""The server as a whole: its rooms, its status, its banner, and how it starts and stops."""

import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

from flows.line import BACK_PAIN
from flows.published import Published
from flows.versions import Versions
from server import Parts, banner, create_app, load_parts
from settings import Settings
from sms.twilio_rest import NEEDED_TO_SEND
from values import PROJECT
from voice.choose import Hearing
from voice.ears import Ears, open_ears
from voice.wav import RATE, to_wav

WHISPER = Hearing(None, "Whisper listens; for Vosk instead, do this")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path, worker=False)


@pytest.fixture
def app(settings: Settings, versions: Versions) -> Iterator[Flask]:
    app = create_app(settings, Parts(versions, WHISPER))
    yield app
    app.extensions["spotter"].close()


def test_all_rooms_are_there(app: Flask) -> None:
    client = app.test_client()
    assert b"911" in client.get("/").data
    assert client.post("/sms").status_code == 503
    assert client.post("/sms/status").status_code == 503
    answer = client.post("/voice/turn", json={"text": "my back hurts"})
    assert answer.status_code == 200
    assert answer.get_json()["replies"]
    assert client.get("/nothing-here").status_code == 404


def test_the_recogniser_hears_for_the_kiosk_and_ends_with_the_application(
    settings: Settings, versions: Versions, tmp_path: Path
) -> None:
    hearing = open_ears(None, tmp_path)
    if not isinstance(hearing.ears, Ears):
        pytest.skip(f"NOT TESTED: {hearing.sentence}")
    app = create_app(settings, Parts(versions, hearing))
    silence = to_wav(bytes(RATE))
    answer = app.test_client().post("/voice/turn", data=silence, content_type="audio/wav")
    assert answer.status_code == 200
    app.extensions["spotter"].close()
    with pytest.raises(ProcessLookupError):
        os.kill(hearing.ears.pid, 0)


def test_health_says_what_is_in_use_and_what_is_missing(app: Flask) -> None:
    answer = app.test_client().get("/healthz")
    assert answer.status_code == 200
    health = answer.get_json()
    assert health["ok"]
    assert health["database"] == "ok"
    assert health["flow"].startswith("back_pain, version ")
    assert health["older"] == []
    assert health["understanding"] == "rules alone in es: see requirements-ears.txt"
    assert health["recogniser"] == WHISPER.sentence
    assert health["missing"] == list(NEEDED_TO_SEND)
    assert health["paging"].startswith("Nobody is paged: ")
    assert health["journal"] == {"waiting": 0, "aside": 0}


def test_health_fails_without_a_database_or_a_conversation(settings: Settings, versions: Versions) -> None:
    (settings.data_dir / "spotter.db").mkdir()
    answer = create_app(settings, Parts(versions, WHISPER)).test_client().get("/healthz")
    assert answer.status_code == 503
    assert "cannot be used" in answer.get_json()["database"]
    elsewhere = replace(settings, database_url=f"sqlite:///{settings.data_dir / 'other.db'}")
    app = create_app(elsewhere, Parts(Versions(BACK_PAIN, Published(settings.data_dir)), WHISPER))
    answer = app.test_client().get("/healthz")
    assert answer.status_code == 503
    assert "cannot be used" in answer.get_json()["flow"]
    assert answer.get_json()["understanding"] == "none"
    app.extensions["spotter"].close()


def test_metrics_count_turns_and_alerts_by_level(app: Flask) -> None:
    client = app.test_client()
    client.post("/voice/turn", json={"text": "I can't feel between my legs"})
    text = client.get("/metrics").get_data(as_text=True)
    lines = dict(line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#"))
    assert lines['spotter_turns_total{channel="voice",level="emergency"}'] == "1.0"
    assert lines['spotter_turns_total{channel="sms",level="info"}'] == "0.0"
    assert lines['spotter_alerts_total{level="emergency"}'] == "1.0"
    assert "# TYPE spotter_turns_total counter" in text


def test_the_banner_has_two_lines_and_says_what_to_open_and_what_is_missing(app: Flask) -> None:
    running = app.extensions["spotter"]
    report, versions = running.report, running.versions
    opened, missing = banner(Settings(port=8123), versions, report, "Nobody is paged: x").splitlines()
    assert "http://localhost:8123" in opened
    names = "TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN, SPOTTER_PUBLIC_URL, SPOTTER_SMS_FROM"
    assert missing.startswith(f"Missing for texts: {names}. ")
    assert WHISPER.sentence in missing
    assert "Nobody is paged: x. " in missing
    assert "The desk's key is kept in " in missing
    _, given = banner(Settings(secret_key="k" * 32), versions, report, "x").splitlines()
    assert "key" not in given
    public = Settings(public_url="https://gym.example.com")
    connected = banner(public, versions, replace(report, missing=()), "Alerts go to 2 staff at 1 site")
    assert "https://gym.example.com/sms" in connected
    assert "Missing" not in connected


def test_a_conversation_with_a_mistake_is_logged_with_its_place(
    settings: Settings, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "flow").mkdir()
    parts = load_parts(replace(settings, flow=tmp_path / "flow"))
    assert parts.versions.newest is None
    assert "Mend: create" in caplog.text


def test_a_reload_without_a_database_takes_up_the_conversation_all_the_same(
    settings: Settings, versions: Versions
) -> None:
    (settings.data_dir / "spotter.db").mkdir()
    versions.newest = None
    app = create_app(settings, Parts(versions, WHISPER))
    running = app.extensions["spotter"]
    running.reload(0.0)
    assert app.test_client().get("/healthz").get_json()["flow"].startswith("back_pain, version 1-")
    running.close()


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start(tmp_path: Path, port: int, **environ: str) -> "subprocess.Popen[str]":
    given = {"PORT": str(port), "SPOTTER_DATA_DIR": str(tmp_path), **environ}
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("SPOTTER", "TWILIO"))}
    return subprocess.Popen(
        [sys.executable, "server.py"],
        cwd=PROJECT,
        env=kept | given,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_it_starts_serves_and_stops(tmp_path: Path, port: int) -> None:
    with start(tmp_path, port) as process:
        try:
            assert process.stdout is not None
            assert f"http://localhost:{port}" in process.stdout.readline()
            assert process.stdout.readline().startswith("Missing")
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=10) as page:
                assert page.status == 200
            with pytest.raises(urllib.error.HTTPError) as refused:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/sms", timeout=10)
            assert refused.value.code == 405
            refused.value.close()
            url, sound = f"http://127.0.0.1:{port}/voice/turn", {"Content-Type": "audio/wav"}
            too_long = urllib.request.Request(url, to_wav(bytes(RATE * 2 * 600)), sound)
            with pytest.raises(urllib.error.HTTPError) as refused:
                urllib.request.urlopen(too_long, timeout=10)
            assert (refused.value.code, json.load(refused.value)["emergency_number"]) == (413, "911")
            refused.value.close()
            with start(tmp_path, port) as second:
                _, error = second.communicate(timeout=30)
            assert second.returncode == 2
            assert f"Port {port} is in use" in error
            balancer = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
            assert ready(balancer) == (200, "ok")
            process.send_signal(signal.SIGTERM)
            give_up = time.monotonic() + 10
            while (told := ready(balancer)) == (200, "ok") and time.monotonic() < give_up:
                pass
            assert told == (503, "is stopping")
            balancer.close()
        finally:
            process.send_signal(signal.SIGTERM)
            _, error = process.communicate(timeout=30)
    assert process.returncode == 0, error
    assert "Traceback" not in error


def ready(balancer: http.client.HTTPConnection) -> tuple[int, str]:
    """What ``/readyz`` says over an open connection."""
    balancer.request("GET", "/readyz")
    answer = balancer.getresponse()
    return answer.status, json.load(answer)["server"]


def health_once(port: int, holds: Callable[[str], bool]) -> str:
    """What ``/healthz`` says of the conversation as soon as it ``holds``, or after a while."""
    give_up, flow = time.monotonic() + 60, ""
    while not holds(flow) and time.monotonic() < give_up:
        time.sleep(0.1)
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=10) as answer:
            flow = json.load(answer)["flow"]
    return flow


def test_a_published_flow_is_taken_up_on_sighup_and_a_broken_one_is_not(tmp_path: Path, port: int) -> None:
    flow = Path(shutil.copytree(BACK_PAIN, tmp_path / "back_pain"))
    text = (flow / "flow.yaml").read_text()
    environ = {"SPOTTER_FLOW": str(flow), "SPOTTER_DATA_DIR": str(tmp_path)}
    with start(tmp_path, port, **environ) as process:
        try:
            assert process.stdout is not None
            assert f"http://localhost:{port}" in process.stdout.readline()
            assert (tmp_path / "server.pid").read_text() == f"{process.pid}\n"
            first = health_once(port, bool)
            assert first.startswith("back_pain, version 1-")
            (flow / "flow.yaml").write_text(text.replace("next: describe", "next: descibe"))
            process.send_signal(signal.SIGHUP)
            broken = health_once(port, lambda said: "cannot be used" in said)
            assert broken.startswith(f"{first}; ")
            (flow / "flow.yaml").write_text(text.replace('version: "1"', 'version: "2"'))
            command = [sys.executable, "-m", "flows", "publish", str(flow)]
            published = subprocess.run(command, cwd=PROJECT, env=os.environ | environ, check=False)
            assert published.returncode == 0
            process.send_signal(signal.SIGHUP)
            assert health_once(port, lambda said: "version 2-" in said).startswith("back_pain, version 2-")
        finally:
            process.send_signal(signal.SIGTERM)
            _, error = process.communicate(timeout=30)
    assert process.returncode == 0, error
    assert "there is no step `descibe`" in error
    assert "Traceback" not in error


def test_an_address_that_is_not_here_is_told(tmp_path: Path, port: int) -> None:
    with start(tmp_path, port, SPOTTER_HOST="192.0.2.1") as process:
        _, error = process.communicate(timeout=30)
    assert process.returncode == 2
    assert error.startswith(f"Spotter cannot listen at SPOTTER_HOST 192.0.2.1, PORT {port}: ")


def test_a_wrong_setting_is_told_in_one_line(tmp_path: Path, port: int) -> None:
    with start(tmp_path, port, SPOTTER_CONTRY="DE") as process:
        _, error = process.communicate(timeout=30)
    assert process.returncode == 2
    assert error == "SPOTTER_CONTRY is not a setting of Spotter. Did you mean SPOTTER_COUNTRY?\n"
