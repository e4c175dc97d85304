"""A gym and the people in it, on both channels."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from flows.line import Line
from tests.versions.gym import Gym, Person

Enter = Callable[[], Person]


@pytest.fixture(autouse=True)
def loaded(line: Line) -> Line:
    """Versions share what they understand: as long as this one is there, loading others is quick."""
    return line


@pytest.fixture
def gym(tmp_path: Path) -> Iterator[Gym]:
    gym = Gym(tmp_path)
    gym.load()
    yield gym
    gym.close()


@pytest.fixture(params=["sms", "voice"])
def enter(gym: Gym, request: pytest.FixtureRequest) -> Enter:
    return lambda: Person(gym, request.param)
