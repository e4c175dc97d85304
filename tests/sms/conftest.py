"""The real application on a real SQLite file, with a clock that tests can move."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask

from server import create_app
from settings import Settings
from store.store import Store
from tests.sms.phone import PUBLIC_URL, TOKEN, Phone

START = 1_790_000_000.0


@dataclass
class Clock:
    now: float = START

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path, public_url=PUBLIC_URL, twilio_auth_token=TOKEN, worker=False)


@pytest.fixture
def app(settings: Settings, clock: Clock) -> Flask:
    return create_app(settings, clock)


@pytest.fixture
def phone(app: Flask) -> Phone:
    return Phone(app.test_client())


@pytest.fixture
def kept(settings: Settings) -> Iterator[Store]:
    """A second look at the same database file."""
    store = Store(settings.database_url)
    yield store
    store.database.close()
