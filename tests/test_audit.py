"""The audit of what is pinned finds holes, and never takes "nothing is known" for "nothing is wrong"."""

from pathlib import Path
from typing import Any

import pytest

from tests.audit import KNOWN_BAD, PINNED, Found, audit, found_in, knowing
from values import PROJECT

CLEAN = Found((), ())
HOLE = Found(("jinja2 2.10: PYSEC-2019-217 (mended in 2.10.1)",), ())


def test_pip_audits_report_is_read() -> None:
    hole: dict[str, Any] = {"id": "PYSEC-2019-217", "fix_versions": ["2.10.1"], "aliases": []}
    mendless: dict[str, Any] = {"id": "PYSEC-1", "fix_versions": []}
    report = {
        "dependencies": [
            {"name": "jinja2", "version": "2.10", "vulns": [hole]},
            {"name": "flask", "version": "3", "vulns": [mendless]},
            {"name": "numpy", "skip_reason": "Dependency not found"},
        ]
    }
    assert found_in(report) == Found((*HOLE.holes, "flask 3: PYSEC-1 (no mend yet)"), ("numpy",))


def test_a_service_counts_only_if_it_knows_holes_that_are_known() -> None:
    def asking(service: str, file: Path) -> Found | None:
        assert file.read_text() == KNOWN_BAD
        return {"deaf": None, "empty": CLEAN, "good": HOLE}[service]

    assert knowing(["deaf", "empty", "good"], asking) == "good"
    assert knowing(["deaf", "empty"], asking) == ""


def test_where_nothing_can_be_known_that_is_said_loudly(capsys: pytest.CaptureFixture[str]) -> None:
    assert audit(lambda _service, _file: CLEAN) == 0
    assert "NOT AUDITED" in capsys.readouterr().err


def test_a_hole_fails_and_what_was_not_looked_at_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    def asking(_service: str, file: Path) -> Found | None:
        found = {"requirements.txt": CLEAN, "requirements-ears.txt": Found((), ("some-model",))}
        return found.get(file.name, HOLE if file.name.startswith("known") else None)

    assert audit(asking) == 0
    said = capsys.readouterr()
    assert "some-model" in said.err
    assert "requirements-dev.txt" in said.err
    assert audit(lambda _service, _file: HOLE) == 1
    assert "PYSEC-2019-217" in capsys.readouterr().out


def test_all_that_is_pinned_is_audited_and_each_has_its_hash() -> None:
    assert set(PINNED) == {path.name for path in PROJECT.glob("requirements*.txt")}
    for name in PINNED:
        lines = (PROJECT / name).read_text(encoding="utf-8").replace("\\\n", " ").splitlines()
        packages = [line for line in lines if line and line[0].isalnum()]
        assert packages
        assert all("==" in line and "--hash=sha256:" in line for line in packages)


def test_the_gate_runs_it() -> None:
    assert "\nmake audit\n" in (PROJECT / ".ci" / "run").read_text(encoding="utf-8")
