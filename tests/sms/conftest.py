"""The real application on a real SQLite file, with a clock that tests can move."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask

from flows.versions import Versions
from server import Parts, create_app
from settings import Settings
from store.store import Store
from tests.sms.phone import PUBLIC_URL, TOKEN, Phone
from voice.choose import Hearing

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
def parts(versions: Versions) -> Parts:
    """The real conversation, and no recogniser: nobody speaks in these tests."""
    return Parts(versions, Hearing(None, "nobody speaks here"))


@pytest.fixture
def app(settings: Settings, parts: Parts, clock: Clock) -> Iterator[Flask]:
    app = create_app(settings, parts, clock)
    yield app
    app.extensions["spotter"].close()


@pytest.fixture
def phone(app: Flask) -> Phone:
    return Phone(app.test_client())


@pytest.fixture
def kept(settings: Settings) -> Iterator[Store]:
    """A second look at the same database file."""
    store = Store(settings.database_url, settings.open_keys())
    yield store
    store.database.close()
