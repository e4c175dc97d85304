"""Who may talk with the server: this machine, and kiosks that were paired, however they connect."""

import io
import sqlite3
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from simple_websocket import Client, ConnectionClosed

from flows.versions import Versions
from store.store import Store
from tests.keys import KEYS
from tests.voice.stream_client import Program, serving
from tests.voice.test_command_line import run
from voice.choose import Hearing
from voice.dialogue import Dialogue
from voice.hands import Hands
from voice.pairing import NOT_PAIRED, Pairing
from voice.pyttsx3_synthesiser import Pyttsx3Synthesiser
from voice.speech_cache import SpeechCache
from voice.stream import stream_blueprint
from voice.turn import voice_blueprint
from voice.wav import to_wav

# As a proxy in front of the server says it.
ELSEWHERE = {"X-Forwarded-For": "192.0.2.7"}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store(f"sqlite:///{tmp_path / 'spotter.db'}", KEYS)
    yield store
    store.database.close()


@pytest.fixture
def pairing(store: Store) -> Pairing:
    return Pairing(store)


@pytest.fixture
def app(
    store: Store, pairing: Pairing, versions: Versions, synthesiser: Pyttsx3Synthesiser, tmp_path: Path
) -> Flask:
    """A kiosk's server that hears nothing: words are typed."""
    speech = {"en": SpeechCache(synthesiser, tmp_path / "speech")}
    dialogue = Dialogue(versions, store, "US")
    app = Flask("kiosk")
    app.register_blueprint(voice_blueprint(dialogue, Hearing(None, "no ears"), speech, pairing, store.now))
    hands = Hands(dialogue, speech, None, "", "911", store.now)
    app.register_blueprint(stream_blueprint(hands, pairing, 4, threading.Event()))
    return app


def greeted(url: str, **hello: str) -> Program:
    program = Program(Client.connect(url, headers=ELSEWHERE))
    program.send("hello", **hello)
    return program


def refusal(program: Program) -> ConnectionClosed:
    with pytest.raises(ConnectionClosed) as closed:
        program.until("never")
    return closed.value


def test_a_paired_kiosk_talks_and_others_are_told_what_to_do(app: Flask, pairing: Pairing) -> None:
    token = pairing.pair("rack-3")
    with serving(app) as url:
        program = greeted(url, kiosk="rack-3", token=token)
        assert program.until("ready")["kiosk"] == "rack-3"
        program.send("say", text="both my legs are numb")
        assert program.until("answer")["level"] == "emergency"
        # It stays who it is.
        program.send("hello", kiosk="rack-4", token=token)
        assert refusal(program).reason == 1008
        for hello in ({}, {"kiosk": "rack-3"}, {"kiosk": "rack-4", "token": token}, {"token": token}):
            program = greeted(url, **hello)
            told = program.until("error")
            assert (told["error"], told["emergency_number"]) == (NOT_PAIRED, "911")
            closed = refusal(program)
            assert (closed.reason, closed.message) == (1008, NOT_PAIRED)


def test_a_client_from_elsewhere_that_says_nothing_is_refused(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("voice.stream._GREETING_FROM_ELSEWHERE", 0.1)
    with serving(app) as url:
        assert refusal(Program(Client.connect(url, headers=ELSEWHERE))).reason == 1008


def test_a_kiosk_that_is_unpaired_is_cut_off_in_the_middle_of_its_stream(
    app: Flask, pairing: Pairing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("voice.stream._ADMITTED", 0.1)
    token = pairing.pair("rack-3")
    with serving(app) as url:
        program = greeted(url, kiosk="rack-3", token=token)
        program.until("ready")
        pairing.unpair("rack-3")
        assert refusal(program).reason == 1008


@pytest.mark.parametrize(
    ("address", "headers", "status"),
    [
        ("127.0.0.1", {}, 200),
        ("::1", {}, 200),
        ("192.0.2.7", {}, 403),
        ("", {}, 403),
        ("127.0.0.1", ELSEWHERE, 403),
        ("127.0.0.1", {"Forwarded": "for=127.0.0.1"}, 403),
        ("127.0.0.1", {"X-Real-IP": "127.0.0.1"}, 403),
        ("127.0.0.1", {"Via": "1.1 proxy"}, 403),
    ],
)
def test_only_this_machine_needs_no_token(
    app: Flask, address: str, headers: dict[str, str], status: int
) -> None:
    environ = {"REMOTE_ADDR": address}
    answer = app.test_client().post(
        "/voice/turn", json={"event": "started"}, headers=headers, environ_overrides=environ
    )
    assert answer.status_code == status
    assert answer.json
    assert answer.json["emergency_number"] == "911"
    if status == 403:
        assert answer.json["error"] == NOT_PAIRED


def test_a_turn_takes_name_and_token_in_every_form(app: Flask, pairing: Pairing) -> None:
    who = {"kiosk": "rack-3", "token": pairing.pair("rack-3")}
    client = app.test_client()

    def post(**request: Any) -> int:
        return client.post("/voice/turn", headers=ELSEWHERE, **request).status_code

    wav = to_wav(bytes(32000))
    for known, status in ((who, 200), ({}, 403)):
        assert post(json={"event": "started"} | known) == status
        form = known | {"audio": (io.BytesIO(wav), "said.wav")}
        assert post(data=form, content_type="multipart/form-data") == status
        assert post(data=wav, content_type="audio/wav", query_string=known) == status
    assert post(json={"event": "started", "kiosk": "rack-3", "token": "\ud800"}) == 403
    assert post(json={"event": "started", "kiosk": "rack-3", "token": ["x"]}) == 403


def test_pairing_again_ends_the_older_token_and_unpairing_every_one(pairing: Pairing) -> None:
    older, newer = pairing.pair("rack-3"), pairing.pair("rack-3")
    assert not pairing.admits("rack-3", older)
    assert pairing.admits("rack-3", newer)
    assert pairing.unpair("rack-3")
    assert not pairing.admits("rack-3", newer)
    assert not pairing.unpair("rack-3")
    assert not pairing.unpair("rack-4")
    assert pairing.admits("rack-3", pairing.pair("rack-3"))


def test_only_the_hash_of_a_token_is_kept(pairing: Pairing, tmp_path: Path) -> None:
    token = pairing.pair("rack-3")
    for file in tmp_path.glob("spotter.db*"):
        assert token.encode() not in file.read_bytes()


def test_names_that_no_database_takes_are_no_way_in(pairing: Pairing) -> None:
    pairing.pair("rack-3")
    for name in ("rack-3\0", "", "Rack-3", "x" * 200, "' or 1=1 --"):
        assert not pairing.admits(name, "token")


def test_while_nobody_can_be_looked_up_a_person_is_heard(tmp_path: Path) -> None:
    pairing = Pairing(Store(f"sqlite:///{tmp_path}", KEYS))
    assert pairing.admits("rack-3", "token")
    assert not pairing.admits("rack-3", "")


def test_the_commands(tmp_path: Path) -> None:
    here = {"SPOTTER_DATA_DIR": str(tmp_path), "SPOTTER_PUBLIC_URL": "https://gym.example.com", "TZ": "UTC"}
    assert run("kiosks", **here).stdout == "No kiosk is paired: only this machine may connect.\n"
    told = run("pair", "rack-3", **here).stdout
    token = told.partition("#token=")[2].split()[0]
    assert f"https://gym.example.com/?kiosk=rack-3#token={token}" in told
    store = Store(f"sqlite:///{tmp_path / 'spotter.db'}", KEYS)
    assert Pairing(store).admits("rack-3", token)
    store.database.close()
    today = time.strftime("%Y-%m-%d", time.gmtime())
    assert run("kiosks", **here).stdout.startswith(f"rack-3: paired {today} ")
    assert "cut off" in run("unpair", "rack-3", **here).stdout
    assert "unpaired" in run("kiosks", **here).stdout
    assert "No kiosk called rack-3" in run("unpair", "rack-3", **here).stdout
    assert run("pair", "Rack 3", **here).returncode == 2
    with sqlite3.connect(tmp_path / "spotter.db") as other:
        other.execute("UPDATE alembic_version SET version_num = '9999'")
    broken = run("kiosks", **here)
    assert (broken.returncode, broken.stdout) == (1, "")
    assert "database" in broken.stderr
