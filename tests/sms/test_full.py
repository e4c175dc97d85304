"""A full disk: the person is answered, and what came is kept as long as there is a byte to keep it in."""

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from server import Parts, create_app
from settings import Settings
from store.journal import Journal
from store.store import Store
from store.tables import alerts, turns
from tests.conftest import fill
from tests.keys import KEYS
from tests.sms.conftest import Clock
from tests.sms.phone import Phone
from values import PROJECT

EMERGENCY = "I can't feel between my legs and I wet myself"

# A database that may grow no further, and a journal beside it. SQLite meets the system's own error.
_LIMITED = """
import json, resource, signal, sys
from pathlib import Path
from flows.line import BACK_PAIN, load_line
from flows.published import Published
from flows.versions import Versions
from sms.answering import Answering
from sms.limits import Limits
from sms.message import Message
from settings import Settings
from store.journal import Journal
from store.store import Store
from tests.keys import KEYS

folder = Path(sys.argv[1])
store = Store(f"sqlite:///{folder / 'spotter.db'}", KEYS)
store.open()
versions = Versions(BACK_PAIN, Published(folder / "flows"), load_line(second_ears=False))
journal = Journal(folder / "journal", KEYS)
answering = Answering(versions, store, "US", Limits.of(Settings()), journal=journal)
largest = max(file.stat().st_size for file in folder.glob("spotter.db*"))
resource.setrlimit(resource.RLIMIT_FSIZE, (largest + 4096, largest + 4096))
answers = [answering.answer(Message(f"SM{n}", f"+1202555{n:04}", sys.argv[2], 0, ""), 1.0) for n in range(40)]
print(json.dumps([answers, journal.count()]))
"""


@pytest.fixture
def app(settings: Settings, parts: Parts, clock: Clock, small_disk: Path) -> Iterator[Flask]:
    """Database and journal on the same small disk."""
    app = create_app(replace(settings, data_dir=small_disk, database_url=""), parts, clock)
    yield app
    app.extensions["spotter"].close()


def test_database_and_journal_on_one_full_disk(
    app: Flask,
    small_disk: Path,
    clock: Clock,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("store.journal._PLENTY_BYTES", 0)
    journal, running = Journal(small_disk / "journal", KEYS), app.extensions["spotter"]
    journal.tend()
    fill(small_disk)
    sent = 0
    while "NOT EVEN THE JOURNAL" not in caplog.text:
        sent += 1
        answer = Phone(app.test_client(), f"+1202555{sent:04}").text(EMERGENCY)
        assert "911" in answer.text[:70]
    kept = journal.count()
    assert kept >= 128
    (small_disk / "other").unlink()
    clock.now += 60
    assert running.replay.look()
    with running.store.database.transaction() as connection:
        # The last one is in nobody's hands: its answer went out, and the log says loudly what happened.
        assert len(connection.execute(select(turns.c.id)).all()) == sent - 1
        assert len(connection.execute(select(alerts.c.id)).all()) == sent - 1
    assert journal.count() == 0


def test_a_database_that_may_not_grow_leaves_everything_to_the_journal(tmp_path: Path) -> None:
    command = [sys.executable, "-c", _LIMITED, str(tmp_path), EMERGENCY]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=True)
    answers, waiting = json.loads(done.stdout)
    assert all("911" in texts[0][:70] for texts in answers)
    store = Store(f"sqlite:///{tmp_path / 'spotter.db'}", KEYS)
    with store.database.transaction() as connection:
        kept = len(connection.execute(select(turns.c.id)).all())
    store.database.close()
    assert waiting > 0
    assert kept + waiting == 40
