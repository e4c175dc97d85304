"""What several of the desk's tests need."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from flows.line import Line
from flows.versions import Versions
from tests.desk.days import Days
from tests.desk.gym import Desk


@pytest.fixture
def days(versions: Versions, database_url: str, tmp_path: Path) -> Iterator[Days]:
    days = Days(versions, database_url, tmp_path)
    yield days
    days.store.database.close()


@pytest.fixture
def desk(database_url: str, tmp_path: Path, line: Line) -> Iterator[Desk]:
    desk = Desk(database_url, tmp_path, line)
    yield desk
    desk.store.database.close()
