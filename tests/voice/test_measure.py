"""The seconds kept beside the wording are those of the real voice, and so are the words a model lacks."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from flows.answer_phrases import answer_words
from flows.delivered import delivered
from flows.line import BACK_PAIN
from flows.loader import load_flow
from flows.speaking_time import mark_of_words, read_speaking_times, speaking_times_file
from voice.measure import seconds_of
from voice.pyttsx3_synthesiser import Pyttsx3Synthesiser

ROOT = Path(__file__).parents[2]
FEW = ("describe", "emergency", "ask.bladder_bowel", "topic.core", "crisis")


@pytest.mark.parametrize("key", FEW)
def test_the_shipped_seconds_are_those_of_the_voice(key: str, synthesiser: Pyttsx3Synthesiser) -> None:
    flow = load_flow(BACK_PAIN)
    times = read_speaking_times(speaking_times_file(flow.wording["en"]))
    text = next(one for one in delivered(flow, "en", "voice") if one.key == key)
    assert times
    assert times.voice == synthesiser.name
    assert seconds_of(text, synthesiser, "en") == pytest.approx(times.seconds[key][1], rel=0.1)


def measure(folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "voice", "measure"]
    environment = {**os.environ, "SPOTTER_FLOW": str(folder), "SPOTTER_DATA_DIR": str(folder), **environment}
    return subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300, check=False
    )


@pytest.mark.usefixtures("synthesiser")
def test_a_changed_prompt_is_measured_again_and_a_missing_model_is_said(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(BACK_PAIN, tmp_path / "flow"))
    wording = folder / "wording" / "en.yaml"
    wording.write_text(
        wording.read_text().replace('voice: "What happened, and', 'voice: "What happened? And')
    )
    done = measure(folder)
    assert done.returncode == 0, done.stderr
    assert "[##############################]" in done.stderr
    assert "NOT CHECKED" in done.stderr

    before = read_speaking_times(BACK_PAIN / "wording" / "spoken" / "en.yaml")
    after = read_speaking_times(folder / "wording" / "spoken" / "en.yaml")
    assert before
    assert after
    assert after.listener is None
    changed = [key for key in after.seconds if after.seconds[key][0] != before.seconds[key][0]]
    assert changed == ["describe"]
    assert after.seconds["describe"][1] == pytest.approx(before.seconds["describe"][1], abs=1)


@pytest.mark.usefixtures("synthesiser")
def test_answer_words_that_the_model_lacks_are_kept(tmp_path: Path, korean_model: Path) -> None:
    folder = Path(shutil.copytree(BACK_PAIN, tmp_path / "flow"))
    answers = folder / "meaning" / "en" / "answers.yaml"
    answers.write_text(answers.read_text().replace("sharp: |\n      sharp,", "sharp: |\n      네, sharp,"))
    done = measure(folder, SPOTTER_VOSK_MODEL=str(korean_model))
    assert done.returncode == 0, done.stderr
    assert "NOT CHECKED" not in done.stderr

    times = read_speaking_times(folder / "wording" / "spoken" / "en.yaml")
    words = answer_words(folder, "en")
    assert times
    assert times.listener
    assert times.listener.model == "Vosk model"
    assert times.listener.words == mark_of_words(words)
    assert "네" in words
    assert "네" not in times.listener.lacks
    assert {"sharp", "tingling", "spreading"} <= set(times.listener.lacks)
    assert len(times.listener.lacks) > 0.9 * len(words)


def test_a_broken_flow_is_said_without_a_traceback(tmp_path: Path) -> None:
    done = measure(tmp_path)
    assert done.returncode == 1
    assert "the file is missing" in done.stderr
    assert "Traceback" not in done.stderr
