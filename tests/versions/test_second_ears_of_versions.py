"""The second ears' weights are large: versions that have the same ones share them."""

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from flows.hearing.second_ears import FILE
from flows.hearing.sentence_vectors import WIDTH, weights_folder
from flows.line import BACK_PAIN, load_line

pytestmark = pytest.mark.skipif(weights_folder() is None, reason="NOT TESTED, the weights are not installed")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A flow whose second ears have learnt nothing, which makes them small."""
    folder = Path(shutil.copytree(BACK_PAIN, tmp_path / "first"))
    head = {
        "weights": np.zeros((WIDTH, 1)),
        "bias": np.zeros(1),
        "suspects": np.ones(1),
        "insists": np.ones(1),
    }
    numbers: dict[str, Any] = {f"head.{name}": value.astype(np.float32) for name, value in head.items()}
    np.savez(folder / "meaning" / "en" / FILE, flags=np.array(["collapse"]), **numbers)
    return folder


def test_versions_that_understand_differently_share_the_weights(folder: Path, tmp_path: Path) -> None:
    other = Path(shutil.copytree(folder, tmp_path / "second"))
    with (other / "meaning" / "en" / "answers.yaml").open("a") as end:
        end.write("# one more line\n")
    first, second = load_line(folder).ears["en"], load_line(other).ears["en"]
    assert first is not second
    assert first._second_ears is not None
    assert first._second_ears is second._second_ears
