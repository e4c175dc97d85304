"""Texts are answered while every place for a kiosk is taken: real processes, as people run them."""

import contextlib
import signal
import time
from pathlib import Path

import pytest

from tests.sms.test_outage import served, text
from tests.test_server import port  # noqa: F401
from tests.voice.conftest import Speak
from tests.voice.stream_client import Program
from voice.ears import STREAMS

# Twilio waits for 15 s; on an idle machine these take some hundredths of a second.
QUICK = 5.0


@pytest.mark.usefixtures("whisper")
def test_texts_are_answered_while_all_kiosks_talk(tmp_path: Path, port: int, speak: Speak) -> None:  # noqa: F811
    url = f"ws://127.0.0.1:{port}/voice/stream"
    with served(tmp_path, port) as server, contextlib.ExitStack() as kiosks:
        kiosks.callback(server.communicate, timeout=60)
        kiosks.callback(server.send_signal, signal.SIGTERM)
        programs = [kiosks.enter_context(Program.connect(url)) for _ in range(STREAMS)]
        for program in programs:
            program.until("ready")
        for program in programs:
            program.push(speak("My lower back is tight."))
        for body in ("my back hurts", "both my legs are numb", "hello", "my back is tight after deadlifts"):
            began = time.monotonic()
            assert "<Message>" in text(port, body)
            assert time.monotonic() - began < QUICK
        programs[0].until("heard")
