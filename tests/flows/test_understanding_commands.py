"""`python -m flows understand` and `evaluate`, as they are used from a shell."""

import io
import json
from pathlib import Path
from typing import Any

import pytest

from flows.commands import evaluate, understand

SAMPLES = [
    {"text": "I wet myself", "present": ["bladder_bowel"], "denied": [], "level": "emergency"},
    {"text": "no numbness in my groin", "present": [], "denied": ["saddle_numbness"], "level": "info"},
    {"text": "chest day tomorrow", "present": [], "denied": [], "level": "info"},
    {"text": "banana", "present": ["self_harm"], "denied": [], "level": "emergency"},
]


def test_understand_writes_one_object_a_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    texts = ["my groin is NUMB, no fever", "", 'quotes " and 👍']
    monkeypatch.setattr("sys.stdin", io.StringIO("\n".join(texts) + "\n"))
    assert understand.run([]) == 0
    lines: list[dict[str, Any]] = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["text"] for line in lines] == texts
    first = lines[0]
    assert (first["present"], first["denied"], first["level"]) == (
        ["saddle_numbness"],
        ["fever_unwell"],
        "emergency",
    )
    for reason in first["why"]:
        assert texts[0][reason["start"] : reason["end"]] == reason["phrase"]
        assert reason["rule"].startswith(reason["flag"])
    assert lines[1] == {"text": "", "present": [], "unsure": [], "denied": [], "level": "info", "why": []}


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    file = tmp_path / "corpus.jsonl"
    file.write_text("\n".join(json.dumps(sample) for sample in SAMPLES) + "\n\n", encoding="utf-8")
    return file


def test_evaluate_counts(corpus: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert evaluate.run([str(corpus), "--json"]) == 0
    figures = json.loads(capsys.readouterr().out)
    assert (figures["texts"], figures["harmless_texts"]) == (4, 2)
    assert (figures["emergency_caught"], figures["emergency_present"]) == (0.5, 0.5)
    assert figures["denied_present"] == figures["harmless_emergency_present"] == 0
    assert figures["flags"]["self_harm"] | {"false_unsure": 0} == {
        "said": 1, "present": 0, "unsure": 0, "denied": 0, "missed": 1, "false_present": 0, "false_unsure": 0,
    }  # fmt: skip
    assert figures["levels"]["emergency -> info"] == 1


def test_evaluate_shows_the_worst_misses_first(corpus: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert evaluate.run([str(corpus), "--misses", "1"]) == 0
    shown = capsys.readouterr().out
    assert shown.rstrip().endswith("missed: self_harm\n  banana\n  no rule matched")


@pytest.mark.parametrize(
    ("limits", "code"),
    [
        (["--min-emergency-caught", "0.5"], 0),
        (["--min-emergency-caught", "0.6"], 1),
        (["--max-denied-present", "0"], 0),
        (["--max-harmless-unsure", "-1"], 1),
    ],
)
def test_evaluate_answers_with_its_exit_code(corpus: Path, limits: list[str], code: int) -> None:
    assert evaluate.run([str(corpus), "--json", *limits]) == code


@pytest.mark.parametrize("line", ["{", '{"present": []}', "[]", '{"text": "a", "present": 3}'])
def test_a_malformed_sample_is_named(tmp_path: Path, line: str, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "bad.jsonl"
    file.write_text('{"text": "ok"}\n' + line + "\n", encoding="utf-8")
    assert evaluate.run([str(file)]) == 2
    assert f"{file}:2: not a labelled text" in capsys.readouterr().err
    assert evaluate.run([str(tmp_path / "missing.jsonl")]) == 2


def test_a_broken_flow_is_told_and_not_thrown(
    tmp_path: Path, corpus: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "flags.yaml").write_text("flags: {self_harm: urgent}\nsources: {nhs: NHS}\n")
    assert understand.run(["--flow", str(tmp_path)]) == 1
    assert evaluate.run([str(corpus), "--flow", str(tmp_path)]) == 2
    told = capsys.readouterr().err.splitlines()
    assert len(told) == 2
    assert all(line.startswith(f"{tmp_path / 'flags.yaml'}:1: error: ") for line in told)
