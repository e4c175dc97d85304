"""What several rooms' tests need: the real conversation, loaded once."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
from sqlalchemy import make_url

from flows.line import BACK_PAIN, Line, load_line
from flows.published import Published
from flows.versions import Versions
from store.store import Store
from tests.postgres import Postgres, programs

Outage = Callable[[], AbstractContextManager[None]]


@pytest.fixture(scope="session")
def line() -> Line:
    return load_line()


@pytest.fixture
def versions(line: Line, tmp_path: Path) -> Versions:
    """The real conversation, served as it is."""
    return Versions(BACK_PAIN, Published(tmp_path / "flows"), line)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    binaries = programs()
    if binaries is None:
        pytest.skip("no PostgreSQL here: its half of the tests is left out (Debian: apt install postgresql)")
    server = Postgres(binaries)
    yield server
    server.stop()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database, once of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'spotter.db'}"
    server: Postgres = request.getfixturevalue("postgres")
    return server.new_database()


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    """A store on an empty database, once of each kind."""
    store = Store(database_url)
    yield store
    store.database.close()


@pytest.fixture
def outage(request: pytest.FixtureRequest, database_url: str) -> Outage:
    """While it lasts, the database cannot be used."""
    if database_url.startswith("sqlite"):
        return lambda: _moved_away(Path(make_url(database_url).database or ""))
    server: Postgres = request.getfixturevalue("postgres")
    return lambda: server.outage(database_url)


@contextmanager
def _moved_away(database: Path) -> Iterator[None]:
    away = database.with_suffix(".away")
    database.rename(away)
    database.mkdir()
    yield
    database.rmdir()
    away.rename(database)
