"""The commands as people run them."""

import hashlib
import subprocess
import sys
from pathlib import Path

import pytest

from tests.voice.test_fetch import GOOD, Host, host  # noqa: F401
from tests.voice.words import overlap
from voice.fetch import MODEL
from voice.wav import to_wav

ROOT = Path(__file__).parents[2]


def run(*arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "voice", *map(str, arguments)]
    return subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120, check=False
    )


@pytest.mark.usefixtures("synthesiser", "whisper")
def test_what_is_said_into_a_file_is_transcribed_from_it(tmp_path: Path) -> None:
    path = tmp_path / "said.wav"
    said = run("say", "Yes, both legs are weak.", "-o", path)
    assert (said.returncode, said.stdout, said.stderr) == (0, "", "")

    heard = run("transcribe", path, SPOTTER_DATA_DIR=str(tmp_path))
    assert heard.returncode == 0
    assert overlap("Yes, both legs are weak.", heard.stdout) >= 0.6
    assert heard.stderr == ""


@pytest.mark.usefixtures("whisper")
def test_silence_is_an_empty_line(tmp_path: Path) -> None:
    path = tmp_path / "silence.wav"
    path.write_bytes(to_wav(bytes(32000)))
    heard = run("transcribe", path, SPOTTER_DATA_DIR=str(tmp_path))

    assert (heard.returncode, heard.stdout) == (0, "\n")
    assert "Nobody speaks" in heard.stderr


def test_what_cannot_be_done_is_said_without_a_traceback(tmp_path: Path) -> None:
    junk = tmp_path / "junk.wav"
    junk.write_bytes(b"junk")
    cases = [
        (run("transcribe", junk), 1, "not a WAV"),
        (run("transcribe", tmp_path / "none.wav"), 1, "No such file"),
        (run("transcribe", tmp_path), 1, "directory"),
        (run("say", "...", "-o", tmp_path / "a.wav"), 1, "no words"),
        (run("say", "Hello", "-o", tmp_path / "none" / "a.wav"), 1, "No such file"),
        (run("say", "Hello"), 2, "-o"),
        (run(), 2, "usage"),
        (run("say", "Hello", "-o", tmp_path / "a.wav", SPOTTER_COLOUR="blue"), 2, "SPOTTER_COLOUR"),
        (run("fetch-model", "--url", "nowhere", SPOTTER_DATA_DIR=str(tmp_path)), 1, "not an address"),
    ]
    for done, code, says in cases:
        assert done.returncode == code, done.args
        assert says in done.stderr
        assert "Traceback" not in done.stderr
        assert done.stdout == ""


def test_a_model_is_fetched_with_a_bar(host: Host, tmp_path: Path) -> None:  # noqa: F811
    host.cut = 700_000
    digest = hashlib.sha256(GOOD).hexdigest()
    done = run("fetch-model", "--url", host.url, "--sha256", digest, SPOTTER_DATA_DIR=str(tmp_path))

    assert done.returncode == 0
    assert "[##############################]" in done.stderr
    assert str(tmp_path / MODEL) in done.stderr
    assert (tmp_path / MODEL / "am" / "final.mdl").is_file()
