"""What several of the desk's tests need."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from flows.versions import Versions
from tests.desk.days import Days


@pytest.fixture
def days(versions: Versions, database_url: str, tmp_path: Path) -> Iterator[Days]:
    days = Days(versions, database_url, tmp_path)
    yield days
    days.store.database.close()
