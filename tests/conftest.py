"""What several rooms' tests need: the real conversation, loaded once."""

from pathlib import Path

import pytest

from flows.line import BACK_PAIN, Line, load_line
from flows.published import Published
from flows.versions import Versions


@pytest.fixture(scope="session")
def line() -> Line:
    return load_line()


@pytest.fixture
def versions(line: Line, tmp_path: Path) -> Versions:
    """The real conversation, served as it is."""
    return Versions(BACK_PAIN, Published(tmp_path / "flows"), line)
