"""What several tests of the conversation's files need."""

import shutil
from pathlib import Path

import pytest

from flows.line import BACK_PAIN


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the real conversation, to be spoiled."""
    return Path(shutil.copytree(BACK_PAIN, tmp_path / "flow"))
