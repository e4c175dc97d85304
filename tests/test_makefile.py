"""`make run` on a fresh machine, again, after a mishap, and without a Python. With a project of one file."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ALONE, SLOW

ROOT = Path(__file__).resolve().parent.parent
SERVER = "import os, sys; print('serving on', os.environ['PORT'], sys.prefix)"

pytestmark = pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "a gym's copy"
    (folder / "tools").mkdir(parents=True)
    shutil.copy(ROOT / "Makefile", folder)
    (folder / "server.py").write_text(SERVER)
    for name in ("requirements.txt", "requirements-ears.txt"):
        (folder / name).write_text("# nothing is needed\n")
    # Only this Python is to be found, whatever others the machine has.
    (folder / "tools" / "python3").symlink_to(Path(sys.base_prefix) / "bin" / "python3")
    for tool in ("make", "sh", "cmp", "cp", "awk", "env"):
        (folder / "tools" / tool).symlink_to(shutil.which(tool) or tool)
    return folder


def make(project: Path, *goals: str, **environ: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if name.startswith("PIP_")}
    environ = {"PATH": str(project / "tools"), **kept, **environ}
    return subprocess.run(
        ["make", *goals], cwd=project, env=environ, capture_output=True, text=True, timeout=120, check=False
    )


def test_it_installs_once_starts_again_and_mends_what_broke(project: Path) -> None:
    first = make(project, "run")
    assert first.returncode == 0, first.stderr
    assert "Making .venv" in first.stdout
    assert f"serving on 8000 {project / '.venv'}" in first.stdout

    second = make(project, "run", PORT="8123", PIP_INDEX_URL="http://127.0.0.1:9")
    assert second.stdout == f"serving on 8123 {project / '.venv'}\n"
    assert make(project, "run", "PORT=8124").stdout.startswith("serving on 8124 ")

    (project / "requirements.txt").write_text("# something changed\n")
    assert "Installing requirements.txt" in make(project, "run").stdout

    (project / ".venv" / "bin" / "python3").unlink()
    mended = make(project, "run")
    assert "Making .venv" in mended.stdout
    assert "serving on" in mended.stdout


def test_an_installation_that_failed_is_not_taken_for_done(project: Path) -> None:
    (project / "requirements.txt").write_text("no-such-thing==1 --hash=sha256:" + "0" * 64 + "\n")
    for _ in range(2):
        failed = make(project, "run", PIP_NO_INDEX="1", PIP_FIND_LINKS="")
        assert failed.returncode != 0
        assert "did not finish" in failed.stderr
        assert "serving" not in failed.stdout


def test_without_a_python_it_says_what_to_get(project: Path) -> None:
    (project / "tools" / "python3").unlink()
    failed = make(project, "run")
    assert failed.returncode != 0
    assert "Python 3.11 or newer" in failed.stderr


def test_help_lists_the_goals(project: Path) -> None:
    listed = make(project, "help").stdout
    assert [line.split()[1] for line in listed.splitlines()] == [
        "help",
        "run",
        "chat",
        "test",
        "test-all",
        "coverage",
        "check",
        "talks",
        "evaluate",
        "simulate",
        "lint",
        "audit",
        "pins",
        "piper",
    ]
    assert make(project).stdout == listed


def test_the_gate_leaves_no_test_out() -> None:
    gate = (ROOT / ".ci" / "run").read_text()
    assert "make test-all" in gate
    (goals,) = re.findall(r"^test-all:.*\n((?:\t.+\n)+)", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert [goal.split(" ", 1)[1] for goal in goals.splitlines()] == ["-m pytest -m alone", '-m "not alone"']


def test_what_is_called_slow_or_runs_alone_is_there_and_what_runs_alone_is_slow() -> None:
    tests = ROOT / "tests"
    found = {name: set(tests.glob(name)) for name in (*SLOW, *ALONE)}
    assert [name for name, files in found.items() if not files] == []
    slow = {file for name in SLOW for file in found[name]}
    assert {file for name in ALONE for file in found[name]} <= slow
