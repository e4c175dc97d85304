"""The tests that a page of the documentation names, as ``tests/room/test_thing.py::test_what_it_shows``."""

import ast
import re
from pathlib import Path

from values import PROJECT


def page(name: str) -> str:
    """The text of ``docs/<name>``."""
    return (PROJECT / "docs" / name).read_text(encoding="utf-8")


def files_named(text: str) -> list[str]:
    """The files of tests that ``text`` names, each once."""
    return sorted({file for file, _ in _named(text)})


def missing(text: str, file: str) -> set[str]:
    """The tests that ``text`` names in ``file`` and that are not there."""
    if not (PROJECT / file).exists():
        return {file}
    module = ast.parse(Path(PROJECT / file).read_text(encoding="utf-8"))
    defined = {one.name for one in module.body if isinstance(one, ast.FunctionDef)}
    return {test for where, test in _named(text) if where == file} - defined


def _named(text: str) -> set[tuple[str, str]]:
    return set(re.findall(r"`(tests/\S+\.py)::(\w+)`", text))
