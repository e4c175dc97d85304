"""A room without hardware: PulseAudio with a microphone that hears what is played, and a recorded speaker."""

import os
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from voice.wav import RATE, to_wav

NEEDED = ("pulseaudio", "pactl", "paplay", "parec")
# The connections of programs; the others are those of the room itself.
_PROGRAM = "protocol-native.c"
_MICROPHONE = ("module-remap-source", "source_name=microphone", "master=room.monitor")
_SPEAKER = ("module-null-sink", "sink_name=speaker")


class SoundRoom:
    """`environment` is that of a program which is in the room."""

    def __init__(self, folder: Path) -> None:
        self._cli = folder / "cli"
        here = {"XDG_RUNTIME_DIR": str(folder), "HOME": str(folder), "PULSE_SERVER": f"unix:{folder}/native"}
        self._environment = os.environ | here
        self.environment = self._environment | {"PULSE_SOURCE": "microphone", "PULSE_SINK": "speaker"}
        loaded = (
            ("module-native-protocol-unix", f"socket={folder}/native"),
            ("module-cli-protocol-unix", f"socket={self._cli}"),
            ("module-null-sink", "sink_name=room"),
            _MICROPHONE,
            _SPEAKER,
        )
        command = ["pulseaudio", "-n", "--exit-idle-time=-1", "--disable-shm=yes", "--use-pid-file=no"]
        self._server = subprocess.Popen(
            [*command, *(word for one in loaded for word in ("-L", " ".join(one)))],
            env=self._environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for _ in range(100):
            if "speaker" in self._pactl("list", "short", "sinks", check=False):
                return
            time.sleep(0.05)
        raise RuntimeError("PulseAudio did not start")

    def close(self) -> None:
        self._server.terminate()
        self._server.wait()

    def say(self, pcm: bytes) -> None:
        """Plays 16 kHz PCM where the microphone hears it; takes as long as it is."""
        command = ["paplay", "--device=room", "--raw", f"--rate={RATE}", "--channels=1", "--format=s16le"]
        subprocess.run(command, input=pcm, env=self._environment, check=True)

    def hear_fainter(self, db: int) -> None:
        """From now on the microphone hears everything so much fainter than it is played."""
        self._pactl("set-source-volume", "microphone", f"-{db}dB")

    @contextmanager
    def listening(self, wav: Path) -> Iterator[None]:
        """What the speaker plays meanwhile is in ``wav``."""
        command = ["parec", "--latency-msec=50", "--device=speaker.monitor"]
        command += [f"--rate={RATE}", "--channels=1", "--format=s16le"]
        recorder = subprocess.Popen(command, stdout=subprocess.PIPE, env=self._environment)
        assert recorder.stdout is not None
        recorder.stdout.read(640)
        # It stops when nobody takes what it recorded.
        pcm = bytearray()
        taker = threading.Thread(target=_take, args=(recorder.stdout, pcm))
        taker.start()
        try:
            yield
        finally:
            recorder.terminate()
            taker.join()
            recorder.stdout.close()
            recorder.wait()
            wav.write_bytes(to_wav(bytes(pcm[: len(pcm) // 2 * 2])))

    def unplug_microphone(self) -> None:
        self._unload("source_name=microphone")
        self._break_off("source-output")

    def plug_microphone(self) -> None:
        self._pactl("load-module", *_MICROPHONE)

    def unplug_speaker(self) -> None:
        self._unload("sink_name=speaker")
        self._break_off("sink-input")

    def plug_speaker(self) -> None:
        self._pactl("load-module", *_SPEAKER)

    def _break_off(self, kind: str) -> None:
        """A device that is pulled takes its streams along; PulseAudio would move them to another one."""
        for line in self._pactl("list", "short", f"{kind}s").splitlines():
            if _PROGRAM in line:
                with socket.socket(socket.AF_UNIX) as cli:
                    cli.connect(str(self._cli))
                    cli.sendall(f"kill-{kind} {line.split()[0]}\n".encode())
                    # It answers nothing, and does not do what it was told by somebody who left at once.
                    time.sleep(0.2)

    def _unload(self, argument: str) -> None:
        for line in self._pactl("list", "short", "modules").splitlines():
            if argument in line:
                self._pactl("unload-module", line.split()[0])

    def _pactl(self, *words: str, check: bool = True) -> str:
        done = subprocess.run(
            ["pactl", *words], env=self._environment, capture_output=True, text=True, check=check
        )
        return done.stdout


def _take(recorded: IO[bytes], pcm: bytearray) -> None:
    while block := recorded.read(640):
        pcm += block


def missing() -> str:
    """What is needed for a room and is not here."""
    return ", ".join(program for program in NEEDED if not shutil.which(program))
