"""Real numbers and words go through a real server and worker: none is logged, shown or kept in plain."""

import json
import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from simple_websocket import ConnectionClosed
from werkzeug.datastructures import MultiDict

from desk.users import Role, Users
from store.jobs import schedule
from tests.conftest import Outage
from tests.desk.at_the_desk import AtTheDesk
from tests.kept import kept_in
from tests.keys import KEY
from tests.running import Line, running_line, until
from tests.sms.phone import TOKEN
from tests.voice.stream_client import Program
from voice.pairing import Pairing
from voice.pyttsx3_synthesiser import Pyttsx3Synthesiser
from voice.wav import any_pcm, to_wav

# No log, figure or answer of a probe may hold any of these.
PERSON, OTHER, SAM = "+12025550187", "+12025550188", "+12025550189"
WORD = "walrusquilt"
# What is only ever said or typed: other words name kiosks and messages too, and those are not sealed.
SECRET = "quiltwalrus"
PASSWORD = f"{SECRET} on a rainy monday"
CANARIES = (PERSON[1:], OTHER[1:], SAM[1:], WORD, SECRET, TOKEN, KEY)

EMERGENCY = f"I can't feel between my legs {WORD} {SECRET}"
ROSTER = f"""\
contacts:
  sam: {{name: "Sam", number: "{SAM}"}}
sites:
  harbour:
    name: "Harbour Street"
    zone: "America/New_York"
    wait: {{emergency: 30, urgent: 30}}
    shifts:
      - {{days: [mon, tue, wed, thu, fri, sat, sun], from: "00:00", to: "00:00", contacts: [sam]}}
"""
# Of what somebody says aloud, a piece that is found again wherever the sound was left (bytes).
_PIECE = 256


@pytest.fixture
def line(database_url: str, tmp_path: Path) -> Iterator[Line]:
    (tmp_path / "roster.yaml").write_text(ROSTER, encoding="utf-8")
    with running_line(database_url, tmp_path) as line:
        yield line


@pytest.fixture(scope="module")
def sound() -> bytes:
    """Somebody says aloud what hurts: 16 kHz, mono, 16-bit samples."""
    return any_pcm(Pyttsx3Synthesiser(patience=60.0).say("My lower back hurts on the left."))


def piece(sound: bytes) -> bytes:
    """From where it is loud."""
    samples = np.frombuffer(sound, np.int16)
    loudest = int(np.argmax(samples[: -_PIECE // 2])) * 2
    return sound[loudest : loudest + _PIECE]


def everything_is_said(line: Line, sound: bytes) -> None:
    """On every way in, by people, staff and strangers."""
    line.text(PERSON, f"my back {WORD} {SECRET} hurts")
    line.text(f"whatsapp:{OTHER}", EMERGENCY)
    line.text(SAM, f"OK 0000 {WORD}")
    line.text(SAM, "OK 0000")
    pressed = MultiDict({"Digits": "1", "From": SAM, "To": PERSON, "SpeechResult": WORD})
    line.webhook("/desk/call/1/sam", pressed)
    line.webhook(f"/desk/call/1/{WORD}", pressed)
    line.webhook(f"/sms?To={PERSON[1:]}&Body={WORD}", pressed, signed="nonsense")
    news = {"MessageSid": f"SM{WORD}", "MessageStatus": "failed", "ErrorCode": WORD, "To": PERSON}
    line.webhook("/sms/status?send=1", MultiDict(news))
    line.kiosk("/voice/turn", text=f"{EMERGENCY}, call {PERSON}", kiosk=WORD)
    line.kiosk("/voice/turn", text="hello", conversation=WORD, language=WORD)
    line.kiosk("/voice/turn", **{WORD: PERSON})
    line.post(f"/voice/turn?conversation={WORD}", WORD.encode(), **{"Content-Type": "audio/wav"})
    line.post("/voice/turn", to_wav(sound), **{"Content-Type": "audio/wav"})
    over_the_stream(line, sound)
    at_the_desk(line)
    line.get(f"/desk/notice?conversation={WORD}{PERSON}")
    line.get(f"/{WORD}/{PERSON}?From={PERSON}")
    line.get(f"/voice/audio/{WORD}.wav")
    line.raw(f"GET /{WORD} {PERSON}\r\n\r\n")
    line.raw(f"GET / HTTP/1.1\r\nHost: x\r\n{WORD} {PERSON}: {WORD}\r\n\r\n")


def over_the_stream(line: Line, sound: bytes) -> None:
    """Typed and spoken at a kiosk, and sent by somebody who pretends to be one."""
    address = f"ws://127.0.0.1:{line.port}/voice/stream"
    with Program.connect(address) as program:
        program.send("hello", kiosk=WORD)
        program.send("say", text=f"{EMERGENCY}, call {PERSON}")
        program.until("answer")
        program.send(SECRET, text=SECRET)
        program.ws.send(f"{SECRET} {PERSON}")
    with Program.connect(address) as program:
        program.send("hello", kiosk=WORD, mode="open")
        program.push(sound)
        program.until("heard", by="speech")
    # It is turned away, perhaps while it still talks.
    with suppress(ConnectionClosed, OSError), Program.connect(address) as program:
        program.send("hello", kiosk=SECRET, token=SECRET, language=SECRET, conversation=SECRET)
        program.push(sound * 100)
        program.until("never")


def at_the_desk(line: Line) -> None:
    """By somebody who may not come in, and by somebody who may."""
    stranger, kay = AtTheDesk(line.port), AtTheDesk(line.port)
    stranger.sign_in(PERSON, PASSWORD, code=SECRET, next=f"/desk/{SECRET}")
    stranger.sign_in(PASSWORD, PERSON)
    stranger.sign_in("kay", f"{PASSWORD}?", code=f"{SECRET}é")
    stranger.get(f"/desk/conversations/2?{SECRET}={PERSON}")
    stranger.submit("/desk/conversations/2/say", words=SECRET)
    kay.sign_in("kay", PASSWORD, next=f"/desk/{SECRET}")
    kay.get(f"/desk/conversations/{SECRET}")
    kay.submit("/desk/conversations/2/say", words=f"Sit down, {SECRET}, and call {PERSON}.", key=WORD)
    kay.submit("/desk/conversations/2/close", outcome=SECRET)
    kay.get(f"/desk/conversations/2?{SECRET}={PERSON}")


def probes(line: Line) -> Iterator[str]:
    for path in ("/healthz", "/readyz", "/metrics"):
        _, body = line.get(path)
        assert body
        yield body


def test_nobodys_words_or_numbers_are_logged_or_shown(
    line: Line, sound: bytes, outage: Outage, database_url: str
) -> None:
    Users(line.store.database).add("kay", Role.STAFF, PASSWORD, line.store.now())
    token = Pairing(line.store).pair("rack-3")
    line.twilio.faults += [(400, 21211), (503, None), (429, 20429)]
    everything_is_said(line, sound)
    assert_staff_could_write(line)
    # Texts to each of these meet one of the faults.
    line.text("+12025550131", EMERGENCY)
    line.text("+12025550132", EMERGENCY)
    with line.store.database.transaction() as connection:
        schedule(connection, key="1", kind="send", due=0.0, person=PERSON, payload={"send": WORD})
        schedule(connection, key="2", kind="time_out:recheck", due=0.0, person=PERSON)
    until(lambda: not line.twilio.faults and "(send) failed: ValueError" in line.logged())
    until(lambda: "21211" in line.logged() and "is tried again" in line.logged())
    shown = list(probes(line))
    with outage():
        everything_is_said(line, sound)
        until(lambda: "cannot look for jobs" in line.logged())
        shown += probes(line)
    assert_no_core(line)
    line.end()
    log = line.logged()
    for canary in (*CANARIES, token, cookie_key(line), database_url):
        assert canary not in log
        assert not [one for one in shown if canary in one]
    for event in ("wrong signature", "could not be handled", "could not be noted", "given up"):
        assert event in log
    for written in map(json.loads, log.splitlines()):
        assert {"time", "level", "logger", "message"} <= set(written)
    banners = {name: (line.folder / f"{name}.out").read_text() for name in ("server", "worker")}
    assert [len(one.splitlines()) for one in banners.values()] == [2, 1]
    assert not [canary for canary in CANARIES if canary in "".join(banners.values())]
    assert_nothing_kept_in_plain(line, database_url, token)
    assert_no_sound_is_kept(line, sound, database_url)


def assert_staff_could_write(line: Line) -> None:
    """It was no closed door that kept their words out of everything."""
    kay = AtTheDesk(line.port)
    assert kay.sign_in("kay", PASSWORD) == 302
    assert f"Sit down, {SECRET}" in kay.get("/desk/conversations/2")[1]
    until(lambda: any(f"Sit down, {SECRET}" in one.body for one in line.twilio.sent()))


def cookie_key(line: Line) -> str:
    return (line.folder / "secret_key").read_text(encoding="ascii").strip()


def assert_nothing_kept_in_plain(line: Line, database_url: str, token: str) -> None:
    """In the database, and in everything that was left in the data directory: the journal, too."""
    files = [one for one in files_of(line) if one.name not in ("roster.yaml", "keys", "secret_key")]
    assert [one for one in files if one.parent.name == "journal"]
    kept = kept_in(database_url)
    assert b"SM0000" in kept
    for canary in (PERSON[1:], OTHER[1:], SAM[1:], SECRET, TOKEN, KEY, token, cookie_key(line)):
        assert canary.encode() not in kept, canary
        assert not [one for one in files if canary.encode() in one.read_bytes()], canary


def assert_no_sound_is_kept(line: Line, sound: bytes, database_url: str) -> None:
    """What the kiosk said itself is there to be said again, and nothing of what was said to it."""
    said = piece(sound)
    assert said in sound
    assert said not in kept_in(database_url)
    for file in files_of(line):
        content = file.read_bytes()
        assert said not in content, file
        # The kiosk's own voice: what it may say again, and what it is making at this moment.
        spoken = file.parent.name == "speech" or file.name == "utterance.wav"
        assert spoken or not content.startswith(b"RIFF"), file


def files_of(line: Line) -> list[Path]:
    return [one for one in line.folder.rglob("*") if one.is_file()]


def assert_no_core(line: Line) -> None:
    """No process would leave its memory in a file if it crashed, and the recogniser's is one of them."""
    if not Path("/proc/self/limits").exists():
        return
    ours = [one for process in line.processes for one in family(process.pid)]
    assert any("voice.hearing" in Path(f"/proc/{one}/cmdline").read_text() for one in ours)
    for one in ours:
        limits = Path(f"/proc/{one}/limits").read_text()
        (core,) = re.findall(r"^Max core file size +(\S+) +(\S+)", limits, re.MULTILINE)
        assert core in {("0", "0"), ("1", "1")}


def family(pid: int) -> Iterator[int]:
    """A process and those that it started, and they in turn."""
    yield pid
    for children in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in children.read_text().split():
            yield from family(int(child))
