"""How soon the kiosk answers, and what its hearing costs."""

import logging
import os
import statistics
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from faster_whisper import WhisperModel

from bench.hall import NO, NUMBERS, SENTENCES, YES, Hall, row, share, table
from bench.heard import Spoken, live, messages
from server import create_app
from settings import Settings
from tests.voice.page_browser import served
from tests.voice.stream_client import Program
from voice.endpointing import PACES, Kind
from voice.listener import Listener
from voice.wav import RATE, to_floats
from voice.whisper_recogniser import packaged_model

_AS_TIMES = ("median ms", "p95 ms")


def times(hall: Hall, listener: Listener) -> None:
    """From the end of speech to the text, at the pace of speech."""
    table("end of speech to text", "", *_AS_TIMES, "cut off early", "pause that ends ms")
    said: dict[Kind, Sequence[str]] = {"yes_no": [*YES, *NO], "number": NUMBERS, "open": SENTENCES}
    for kind, texts in said.items():
        found = [
            live(listener, sound, kind)[0] for _, sound in hall.spoken(hall.few(texts), hall.conditions[0])
        ]
        waits = [one for one in found if one is not None]
        cut = share(found.count(None), len(found))
        row(kind, *_as_times(waits), cut, f"{PACES[kind].pause * 1000:.0f}")


def first_sound(hall: Hall, _: Listener) -> None:
    """From the end of speech to the first sound of the answer: the real server, over its stream."""
    columns = (*_AS_TIMES, "behind the decision: median ms", "p95 ms", "of")
    table("end of speech to the first sound of the answer", "", *columns)
    with tempfile.TemporaryDirectory() as folder:
        logging.getLogger("werkzeug").setLevel(logging.WARNING)
        app = create_app(Settings(data_dir=Path(folder), worker=False))
        running = app.extensions["spotter"]
        ahead = running.voices.prompts(running.versions.newest.flow, "US")
        ahead.start()
        ahead.join()
        with served(app) as address:
            url = address.replace("http", "ws") + "/voice/stream"
            for name, before, texts in (
                ("yes_no", ("My lower back hurts.",), [*YES, *NO]),
                ("open", (), SENTENCES),
            ):
                waits = [
                    _wait_for_sound(url, before, sound)
                    for _, sound in hall.spoken(hall.few(texts), hall.conditions[0])
                ]
                row(
                    name,
                    *_as_times([one for one, _ in waits]),
                    *_as_times([one for _, one in waits]),
                    len(waits),
                )
        running.close()


def cost(hall: Hall, listener: Listener) -> None:
    """Real-time factor, memory, kiosks per core, and what the pipeline costs beyond the bare recogniser.

    The bare one is faster-whisper with the same model and search, as its authors deliver it.
    """
    sounds = [sound for _, sound in hall.spoken(hall.few(SENTENCES), hall.conditions[0])]
    seconds = sum(len(one.pcm) for one in sounds) / 2 / RATE
    bare = _bare_whisper()
    bare(sounds[0].pcm)
    ours, processor = _seconds(lambda: [hall.ears.transcribe(one.pcm) for one in sounds]), time.process_time()
    alone = _seconds(lambda: [bare(one.pcm) for one in sounds])
    processor = time.process_time() - processor
    here, there = time.process_time(), _cpu_of(hall.ears.pid)
    for one in sounds:
        live(listener, one, "open")
    here, there = time.process_time() - here, _cpu_of(hall.ears.pid) - there
    table("cost", "", "")
    row("bare faster-whisper, real-time factor", f"{alone / seconds:.3f}")
    row("the same recordings through our process, ratio (target 1.10)", f"{ours / alone:.2f}")
    row("processor of whole streams, words so far and all, ratio", f"{(here + there) / processor:.2f}")
    row("a stream while people talk: cores, server", f"{here / seconds:.3f}")
    row("a stream while people talk: cores, recogniser", f"{there / seconds:.3f}")
    row("kiosks per core, all talking at once", f"{seconds / (here + there):.1f}")
    row("memory of the recogniser's process, MB", f"{memory_of(hall.ears.pid):.0f}")


def memory_of(pid: int) -> float:
    """MB that the process holds (Linux)."""
    pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def _wait_for_sound(url: str, before: Sequence[str], sound: Spoken) -> tuple[float, float]:
    """Seconds, and how many of them passed after the answer; below 0 when it did not wait for the end."""
    with Program.connect(url) as program:
        program.send("hello", mode="open")
        program.until("state", state="listening")
        for text in before:
            program.send("say", text=text)
            answer = program.until("answer")
            program.send("hush")
            program.send("spoken", id=answer["id"])
            program.until("state", state="listening")
        began = time.monotonic()
        person = threading.Thread(target=_say, args=(program, sound, began))
        person.start()
        answer = program.until("answer")
        decided = time.monotonic()
        program.until("sound", id=answer["id"])
        sounds = time.monotonic()
        person.join()
        return sounds - began - sound.ends, sounds - decided


def _say(program: Program, sound: Spoken, began: float) -> None:
    for number, message in enumerate(messages(sound.pcm), 1):
        time.sleep(max(0.0, began + number * 0.04 - time.monotonic()))
        program.ws.send(message)


def _as_times(waits: Sequence[float]) -> tuple[str, str]:
    """The median and what 95 of 100 keep to, in ms."""
    ordered = sorted(one * 1000 for one in waits)
    return f"{statistics.median(ordered):.0f}", f"{ordered[int(len(ordered) * 0.95)]:.0f}"


def _bare_whisper() -> Callable[[bytes], str]:
    model = WhisperModel(str(packaged_model()), device="cpu", compute_type="int8", local_files_only=True)

    def transcribe(pcm: bytes) -> str:
        found, _ = model.transcribe(to_floats(pcm), language="en", beam_size=1, without_timestamps=True)
        return " ".join(one.text for one in found)

    return transcribe


def _seconds(work: Callable[[], object]) -> float:
    began = time.monotonic()
    work()
    return time.monotonic() - began


def _cpu_of(pid: int) -> float:
    """Seconds of processor that the process has used (Linux)."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
