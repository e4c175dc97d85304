"""The voice's engine in its own process: what crashes, hangs or fails there is mended in bounded time."""

import io
import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
import wave
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.together import run_together
from voice.pyttsx3_synthesiser import ENGINE, Pyttsx3Synthesiser
from voice.speaking_process import SpeakingProcess
from voice.synthesiser import SynthesisError

Make = Callable[..., SpeakingProcess]


@pytest.fixture
def make() -> Iterator[Make]:
    made: list[SpeakingProcess] = []

    def make(module: str = ENGINE) -> SpeakingProcess:
        made.append(SpeakingProcess(module))
        return made[-1]

    yield make
    for one in made:
        one.close()


@pytest.fixture
def process(make: Make) -> SpeakingProcess:
    process = make()
    try:
        voice(process).say("Is anybody there?")
    except SynthesisError as error:
        pytest.skip(f"NOT TESTED, the voice is missing: {error}")
    return process


def voice(process: SpeakingProcess, patience: float = 20.0) -> Pyttsx3Synthesiser:
    return Pyttsx3Synthesiser(process=process, patience=patience)


def seconds(wav: bytes) -> float:
    with wave.open(io.BytesIO(wav)) as file:
        return float(file.getnframes() / file.getframerate())


def pid(process: SpeakingProcess) -> int:
    assert process.pid is not None
    return process.pid


def test_a_voice_that_was_killed_speaks_again_at_once(process: SpeakingProcess) -> None:
    killed = pid(process)
    os.kill(killed, signal.SIGKILL)

    assert seconds(voice(process).say("Stop now.")) > 0.5
    assert pid(process) != killed


def test_a_crash_in_the_middle_of_a_sentence_costs_no_word(process: SpeakingProcess) -> None:
    text = "Walk gently. " * 60
    whole = seconds(voice(process).say(text))
    threading.Timer(0.05, os.kill, (pid(process), signal.SIGSEGV)).start()

    assert seconds(voice(process).say(text)) == pytest.approx(whole, rel=0.01)


def test_a_voice_that_hangs_is_ended_and_the_sentence_said_by_another(process: SpeakingProcess) -> None:
    hung = pid(process)
    os.kill(hung, signal.SIGSTOP)

    began = time.monotonic()
    assert seconds(voice(process, patience=4.0).say("Stop now.")) > 0.5
    assert time.monotonic() - began < 4.0
    with pytest.raises(ProcessLookupError):
        os.kill(hung, 0)


def test_nobody_waits_longer_than_their_patience_behind_a_voice_that_hangs(process: SpeakingProcess) -> None:
    os.kill(pid(process), signal.SIGSTOP)
    waits = threading.Thread(target=voice(process, patience=3.0).say, args=("Stop now.",))
    waits.start()
    while not process._turn.locked():
        time.sleep(0.01)

    began = time.monotonic()
    with pytest.raises(SynthesisError, match="did not answer"):
        voice(process, patience=0.2).say("Stop now.")
    assert time.monotonic() - began < 1.0
    waits.join()


def test_twenty_sentences_survive_a_voice_that_is_killed_again_and_again(process: SpeakingProcess) -> None:
    usual = seconds(voice(process).say("Is it getting worse?"))
    over = threading.Event()

    def kill() -> None:
        while not over.wait(1.5):
            if process.pid is not None:
                os.kill(process.pid, signal.SIGKILL)

    killer = threading.Thread(target=kill)
    killer.start()
    speaking = voice(process, patience=60.0)
    made = run_together(4, lambda _: [seconds(speaking.say("Is it getting worse?")) for _ in range(20)])
    over.set()
    killer.join()

    assert [length for thread in made for length in thread] == pytest.approx([usual] * 80, rel=0.05)


def test_an_engine_that_cannot_start_says_why_and_is_left_alone_for_a_while(make: Make) -> None:
    process = make("voice.no_such_engine")
    with pytest.raises(SynthesisError, match="cannot start"):
        voice(process).say("Stop now.")

    began = time.monotonic()
    for _ in range(20):
        with pytest.raises(SynthesisError, match="cannot start"):
            voice(process).say("Stop now.")
    assert time.monotonic() - began < 0.1


@pytest.mark.usefixtures("process")
def test_a_forked_server_gets_an_engine_of_its_own() -> None:
    """gunicorn forks; two processes that talk to one engine would take each other's sounds."""
    program = textwrap.dedent("""
        import os, sys
        from voice.pyttsx3_synthesiser import Pyttsx3Synthesiser
        voice = Pyttsx3Synthesiser()
        voice.say("Stop now.")
        ours = Pyttsx3Synthesiser().process.pid
        child = os.fork()
        if not child:
            assert Pyttsx3Synthesiser().process.pid is None
            voice.say("Stop now.")
            assert Pyttsx3Synthesiser().process.pid not in (None, ours)
            voice.process.close()
            os._exit(0)
        assert os.waitpid(child, 0)[1] == 0
        voice.say("Stop now.")
        assert Pyttsx3Synthesiser().process.pid == ours
        print(ours)
    """)
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert gone(int(done.stdout)), "the engine outlived a process that ended in order"


@pytest.mark.usefixtures("process")
def test_the_engine_ends_with_a_process_that_was_killed() -> None:
    program = textwrap.dedent("""
        import time
        from voice.pyttsx3_synthesiser import Pyttsx3Synthesiser
        voice = Pyttsx3Synthesiser()
        voice.say("Stop now.")
        print(voice.process.pid, flush=True)
        time.sleep(60)
    """)
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        engine = int(parent.stdout.readline())
        parent.kill()
    assert gone(engine)


def gone(pid: int) -> bool:
    """Whether the process ended within some seconds. One that nobody waited for counts."""
    for _ in range(100):
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except FileNotFoundError:
            return True
        if state == "Z":
            return True
        time.sleep(0.05)
    return False
