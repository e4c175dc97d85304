"""A kiosk without a browser, as somebody in the room has it: real sound through PulseAudio, both ways."""

import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.test_server import port, start  # noqa: F401
from tests.voice import sound_room
from tests.voice.conftest import Speak
from tests.voice.sound_room import SoundRoom
from tests.voice.words import overlap
from voice.wav import RATE, any_pcm, to_floats

NOWHERE = "http://127.0.0.1:9"
PAUSE = bytes(RATE * 2)


@pytest.fixture
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SoundRoom]:
    if missing := sound_room.missing():
        pytest.skip(f"NOT TESTED, {missing} is missing: apt install pulseaudio pulseaudio-utils")
    try:
        import sounddevice  # noqa: F401
    except OSError:
        pytest.skip("NOT TESTED, PortAudio is missing: apt install libportaudio2")
    room = SoundRoom(tmp_path_factory.mktemp("room"))
    yield room
    room.close()


class Running:
    """``python -m voice kiosk`` in the room, and what it prints."""

    def __init__(self, room: SoundRoom, data_dir: Path, *options: str) -> None:
        command = [sys.executable, "-m", "voice", "kiosk", "--microphone", "pulse", "--speaker", "pulse"]
        self._process = subprocess.Popen(
            [*command, *options],
            env=room.environment | {"SPOTTER_DATA_DIR": str(data_dir)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self._lines: queue.Queue[str] = queue.Queue()
        self.printed: list[str] = []
        threading.Thread(target=self._read, daemon=True).start()

    def until(self, *words: str, patience: float = 30.0) -> str:
        """The next line that holds all the ``words``."""
        over = time.monotonic() + patience
        while time.monotonic() < over:
            try:
                self.printed.append(self._lines.get(timeout=0.2))
            except queue.Empty:
                continue
            if all(word in self.printed[-1] for word in words):
                return self.printed[-1]
        raise AssertionError(f"{words} was not printed, but {self.printed}")

    def stop(self) -> None:
        self._process.send_signal(signal.SIGINT)
        assert self._process.wait(10) == 0

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdout, self._process.stderr):
            assert pipe is not None
            pipe.close()

    def _read(self) -> None:
        assert self._process.stdout is not None
        try:
            for line in self._process.stdout:
                self._lines.put(line)
        except ValueError:
            pass  # closed at the end of the test


@pytest.fixture
def started() -> Iterator[list[Running]]:
    started: list[Running] = []
    yield started
    for one in started:
        one.kill()


def loud_seconds(wav: Path) -> float:
    """For how long something was said in ``wav``."""
    heard = to_floats(any_pcm(wav.read_bytes()))
    return (
        sum(bool(abs(heard[at : at + RATE // 2]).max() > 0.1) for at in range(0, len(heard), RATE // 2)) / 2
    )


@contextmanager
def serving(data_dir: Path, port: int) -> Iterator[str]:  # noqa: F811
    """The server as people run it, once it answers; gives its address."""
    with start(data_dir, port) as server:
        try:
            assert server.stdout is not None
            assert "ready" in server.stdout.readline()
            yield f"http://127.0.0.1:{port}"
        finally:
            server.send_signal(signal.SIGTERM)
            server.communicate(timeout=60)


def test_without_a_server_it_says_so_and_whom_to_call(
    room: SoundRoom, started: list[Running], tmp_path: Path
) -> None:
    with room.listening(tmp_path / "heard.wav"):
        started.append(Running(room, tmp_path, "--server", NOWHERE))
        started[0].until("Spotter: I cannot reach my server", "911")
        time.sleep(5.0)
    started[0].stop()

    assert loud_seconds(tmp_path / "heard.wav") >= 3


@pytest.mark.parametrize(
    ("device", "there"), [("microphone", "I can hear you"), ("speaker", "You can hear me")]
)
def test_what_is_unplugged_is_missed_and_found_again(
    device: str, there: str, room: SoundRoom, started: list[Running], tmp_path: Path
) -> None:
    started.append(Running(room, tmp_path, "--server", NOWHERE))
    kiosk = started[0]
    kiosk.until(there)

    getattr(room, f"unplug_{device}")()
    kiosk.until(f"no {device} called pulse", "--list-devices")
    getattr(room, f"plug_{device}")()
    kiosk.until(there)
    kiosk.stop()


@pytest.mark.usefixtures("whisper")
def test_who_wakes_it_and_says_what_happened_is_answered_aloud_and_a_server_that_comes_back_is_found(
    room: SoundRoom,
    started: list[Running],
    tmp_path: Path,
    port: int,  # noqa: F811
    speak: Speak,
) -> None:
    with serving(tmp_path, port) as url:
        started.append(Running(room, tmp_path, "--server", url))
        kiosk = started[0]
        kiosk.until("Ready", "okay nabu")
        with room.listening(tmp_path / "heard.wav"):
            room.say(PAUSE + speak("Okay Nabu.") + PAUSE)
            time.sleep(1.0)
        # It says "go ahead".
        assert 0 < loud_seconds(tmp_path / "heard.wav") <= 1
        with room.listening(tmp_path / "heard.wav"):
            said = "I cannot feel my legs and I wet myself."
            room.say(speak(said) + PAUSE)
            assert overlap(said, kiosk.until("You: ").partition(": ")[2]) > 0.5
            assert "911" in kiosk.until("Spotter: ")
            time.sleep(4.0)
    assert loud_seconds(tmp_path / "heard.wav") >= 2
    kiosk.until("I cannot reach my server", "911")
    with serving(tmp_path, port):
        kiosk.until("Ready")
    kiosk.stop()
