"""``python -m desk roster`` says who would be told now, or what is wrong with the roster."""

import os
import subprocess
import sys
from pathlib import Path

from desk.on_duty import on_duty
from tests.desk.gym import MONDAY, ROSTER, roster, write_roster
from values import PROJECT


def test_who_is_on_duty(tmp_path: Path) -> None:
    assert on_duty(roster(tmp_path), MONDAY).splitlines() == [
        "Harbour Street (harbour), Monday 13:00 there, on duty:",
        "  Sam, +12025550111, text and call",
        "  Alex, +12025550112, text and call",
    ]
    assert on_duty(roster(tmp_path), MONDAY + 7200).splitlines() == [
        "Harbour Street (harbour), Monday 15:00 there, nobody is on duty; told instead:",
        "  Kim, +12025550113, call",
    ]


def command(path: Path) -> "subprocess.CompletedProcess[str]":
    environ = os.environ | {"SPOTTER_ROSTER": str(path)}
    arguments = [sys.executable, "-m", "desk", "roster"]
    return subprocess.run(arguments, cwd=PROJECT, env=environ, capture_output=True, text=True, check=False)


def test_the_command(tmp_path: Path) -> None:
    done = command(write_roster(tmp_path))
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("Harbour Street (harbour), ")
    wrong = command(write_roster(tmp_path, ROSTER.replace("[kim]", "[kit]")))
    assert wrong.returncode == 1
    assert wrong.stderr.startswith(f"{tmp_path / 'roster.yaml'}:15: error: there is no contact `kit`. ")
