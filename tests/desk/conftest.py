"""What several of the desk's tests need."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from desk.users import Role, Users
from flows.line import Line
from flows.versions import Versions
from server import Parts, create_app
from settings import Settings
from tests.desk.days import Days
from tests.desk.gym import Desk
from tests.desk.pages import PASSWORD, signs_in
from voice.choose import Hearing


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


@pytest.fixture
def app(desk: Desk) -> Iterator[Flask]:
    settings = Settings(data_dir=desk.folder, database_url=desk.url, worker=False)
    app = create_app(settings, Parts(desk.versions, Hearing(None, "nobody speaks")), lambda: desk.now)
    yield app
    app.extensions["spotter"].close()


@pytest.fixture
def client(app: Flask, desk: Desk) -> FlaskClient:
    """Somebody of the staff, signed in."""
    Users(desk.store.database).add("kay", Role.STAFF, PASSWORD, desk.now)
    client = app.test_client()
    signs_in(client)
    return client
