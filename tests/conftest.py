"""What several rooms' tests need: the real conversation, loaded once."""

import pytest

from flows.line import Line, load_line


@pytest.fixture(scope="session")
def line() -> Line:
    return load_line()
