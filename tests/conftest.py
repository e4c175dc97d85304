"""What several rooms' tests need: the real conversation, loaded once."""

import contextlib
import subprocess
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Literal

import pytest

from flows.line import BACK_PAIN, Line, load_line
from flows.published import Published
from flows.versions import Versions
from store.store import Store
from tests.keys import KEYS, give_keys
from tests.postgres import Postgres, programs

Outage = Callable[[], AbstractContextManager[None]]

# What takes longest, in one place: `make test` leaves it out, `make test-all` and the gate do not. So is what
# is said of SQLite already said again of PostgreSQL.
SLOW = (
    "corpus",
    "crash",
    "flows/test_check*.py",
    "flows/test_languages.py",
    "flows/test_loader.py",
    "flows/test_simulation.py",
    "flows/test_understanding_properties.py",
    "desk/test_console_browser.py",
    "desk/test_ladder_properties.py",
    "desk/test_rights.py",
    "sms/test_concurrency.py",
    "sms/test_full.py",
    "sms/test_outage.py",
    "store/test_rotate.py",
    "test_canaries.py",
    "test_connections.py",
    "test_deployment.py",
    "test_flood.py",
    "test_makefile.py",
    "twilio/test_contract.py",
    "versions",
    "voice/test_hostile_frames.py",
    "voice/test_kiosk.py",
    "voice/test_measure.py",
    "voice/test_page_*.py",
    "voice/test_stream_staff.py",
    "voice/test_streams_and_texts.py",
)
LONGEST = ("crash", "voice/test_page_whole_talk.py")
# What holds something to a time.
ALONE = (
    "sms/test_concurrency.py",
    "test_flood.py",
    "voice/test_page_echo.py",
    "voice/test_page_speech.py",
    "voice/test_streams_and_texts.py",
)
# Who hears real sound, or drives a real browser, at the pace of real time may be late once on a busy machine.
# Twice is a failure, and what needed two is named at the end.
IN_REAL_TIME = (
    "desk/test_console_browser.py",
    "voice/test_kiosk.py",
    "voice/test_page_*.py",
    "voice/test_stream*.py",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    # What takes minutes comes first, so that no core waits for the other at the end.
    items.sort(key=lambda item: not _among(item, LONGEST))
    for item in items:
        if _among(item, SLOW) or _said_again(item):
            item.add_marker(pytest.mark.slow)
        if _among(item, ALONE):
            item.add_marker(pytest.mark.alone)
        if _among(item, IN_REAL_TIME):
            item.add_marker(pytest.mark.flaky(reruns=1))


def _among(item: pytest.Item, names: tuple[str, ...]) -> bool:
    path = item.path.relative_to(Path(__file__).parent)
    return any(path.is_relative_to(name) or path.match(name) for name in names)


def _said_again(item: pytest.Item) -> bool:
    params = item.callspec.params if isinstance(item, pytest.Function) and hasattr(item, "callspec") else {}
    return params.get("database_url") == "postgresql"


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
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty database, once of each kind, and its key for whoever has its folder as data directory."""
    give_keys(tmp_path)
    if request.param == "sqlite":
        # Behind a link, so that an outage can begin and end in one step.
        (tmp_path / "disk").mkdir()
        (tmp_path / "mounted").symlink_to(tmp_path / "disk")
        yield f"sqlite:///{tmp_path / 'mounted' / 'spotter.db'}"
    else:
        server: Postgres = request.getfixturevalue("postgres")
        yield from _lent(server)


def _lent(server: Postgres) -> Iterator[str]:
    url = server.new_database()
    yield url
    server.take_back(url)


@pytest.fixture
def postgres_url(postgres: Postgres) -> Iterator[str]:
    """An empty database on the server."""
    yield from _lent(postgres)


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    """A store on an empty database, once of each kind."""
    store = Store(database_url, KEYS)
    yield store
    store.database.close()


@pytest.fixture
def outage(request: pytest.FixtureRequest, database_url: str, tmp_path: Path) -> Outage:
    """While it lasts, the database cannot be used."""
    if database_url.startswith("sqlite"):
        return lambda: _unmounted(tmp_path)
    server: Postgres = request.getfixturevalue("postgres")
    return lambda: server.outage(database_url)


@contextmanager
def _unmounted(place: Path) -> Iterator[None]:
    for name in ("nowhere", "disk"):
        link = place / "link"
        link.symlink_to(place / name)
        link.rename(place / "mounted")
        if name == "nowhere":
            yield


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 12 MB, where this machine lets us mount one."""
    place = tmp_path / "small"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=12m", "tmpfs", str(place)]
    try:
        subprocess.run(mount, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("NOT TESTED, no small disk can be mounted here: that needs Linux and root")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


def fill(disk: Path, how: Literal["w", "a"] = "w") -> None:
    """Leaves no byte free on ``disk``."""
    with (disk / "other").open(f"{how}b", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(bytes(4096))
