"""Jobs are carried out when they are due, the urgent ones first, by one worker at a time."""

import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from desk.worker import Hand, Worker
from store.jobs import ATTEMPTS, Counts, Job, schedule
from store.store import Store
from tests.conftest import Outage
from tests.keys import KEYS
from values import PROJECT

NOW = 1_790_000_000.0


class Desk:
    """A store with its clock in hand."""

    def __init__(self, url: str) -> None:
        self.now = NOW
        self.done: list[str] = []
        self.store = Store(url, KEYS, lambda: self.now)

    def note(self, job: Job, _now: float) -> None:
        self.done.append(job.kind)

    def put_down(self, kind: str, *, due: float = 0.0, urgent: bool = False) -> None:
        with self.store.database.transaction() as connection:
            schedule(
                connection, key=kind, kind=kind, person="+12025550123", due=self.now + due, urgent=urgent
            )

    def worker(self, **hands: Hand) -> Worker:
        return Worker(self.store, hands)


@pytest.fixture
def desk(database_url: str) -> Iterator[Desk]:
    desk = Desk(database_url)
    yield desk
    desk.store.database.close()


def test_neither_what_is_urgent_nor_the_rest_waits_for_the_other(desk: Desk) -> None:
    worker = desk.worker(check=desk.note, page=desk.note)
    for due in (-3, -2, -1):
        desk.put_down(f"page:{due}", due=due, urgent=True)
        desk.put_down(f"check:{due}", due=due)
    assert worker.work()
    assert worker.work(only_urgent=True)
    assert worker.work()
    assert worker.work(only_urgent=True)
    assert desk.done == ["check:-3", "page:-3", "check:-2", "page:-2"]
    assert worker.work()
    assert worker.work()
    assert not worker.work(only_urgent=True)
    assert desk.done[4:] == ["check:-1", "page:-1"]


def test_a_job_may_come_again_and_again(desk: Desk) -> None:
    def look(job: Job, now: float) -> float:
        assert job.attempts == 1
        desk.note(job, now)
        return now + 300

    worker = desk.worker(look=look)
    desk.put_down("look")
    for _ in range(ATTEMPTS + 1):
        assert worker.work()
        assert not worker.work()
        desk.now += 300
    assert len(desk.done) == ATTEMPTS + 1


def test_a_job_of_a_newer_spotter_waits_for_one(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    desk.put_down("juggle:1")
    for _ in range(ATTEMPTS + 1):
        assert desk.worker().work()
        desk.now += 60
    assert "nobody here knows how" in caplog.text
    desk.worker(juggle=desk.note).work()
    assert desk.done == ["juggle:1"]


def test_a_slow_hand_does_not_undo_what_another_worker_did(desk: Desk) -> None:
    """The lease was over before it had finished, and another worker has the job."""
    taken: list[Job | None] = []

    def slow(_job: Job, _now: float) -> None:
        desk.now += 61
        taken.append(desk.store.jobs.claim(desk.now, lease=60))
        raise ValueError("too late anyway")

    desk.put_down("slow")
    assert desk.worker(slow=slow).work()
    [other] = taken
    assert other is not None
    assert desk.store.jobs.finish(other)


def test_an_error_is_kept_without_what_it_says(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    def fails(_job: Job, _now: float) -> None:
        raise ValueError("+12025550123 said that it hurts")

    desk.put_down("fails")
    assert desk.worker(fails=fails).work()
    assert "ValueError at test_worker.py" in caplog.text
    assert "hurts" not in caplog.text


def test_it_finishes_what_it_has_in_hand_when_it_is_told_to_end(desk: Desk) -> None:
    begun = threading.Event()

    def slow(job: Job, now: float) -> None:
        begun.set()
        time.sleep(0.3)
        desk.note(job, now)

    desk.put_down("slow")
    worker = desk.worker(slow=slow)
    worker.start()
    assert begun.wait(timeout=10)
    worker.stop()
    assert desk.done == ["slow"]
    assert desk.store.jobs.counts(NOW + 1000) == Counts(due=0, late=0, dead=0, oldest=None)


def test_the_threads_outlive_a_database_that_is_gone(
    desk: Desk, outage: Outage, caplog: pytest.LogCaptureFixture
) -> None:
    desk.put_down("note")
    caplog.set_level(logging.ERROR)
    worker = desk.worker(note=desk.note)
    with outage():
        worker.start()
        _until(lambda: "cannot look for jobs" in caplog.text)
    _until(lambda: bool(desk.done))
    worker.stop()
    assert desk.done == ["note"]


@pytest.mark.parametrize("running", [True, False])
def test_when_the_clock_is_put_back_what_is_urgent_is_looked_at_at_once(
    running: bool, desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    began = time.monotonic()
    # A clock that stood still would look as if it was put back all the time.
    desk.store.now = lambda: desk.now + time.monotonic() - began
    worker = desk.worker(page=desk.note, check=desk.note)
    if running:
        desk.put_down("page:0", urgent=True)
        worker.start()
        _until(lambda: desk.done == ["page:0"])
    desk.put_down("page:1", due=600, urgent=True)
    desk.put_down("check:1", due=600)
    desk.now -= 24 * 3600
    if not running:
        worker.start()
    # Of its threads one may only begin now, which looks at everything as well.
    _until(lambda: desk.done[-1:] == ["page:1"] and ("was put back by 86" in caplog.text) == running)
    worker.stop()
    assert "check:1" not in desk.done


def test_a_worker_of_its_own_does_what_is_due_and_ends_when_told(database_url: str, tmp_path: Path) -> None:
    desk = Desk(database_url)
    desk.put_down("time_out:pause")
    given = {"DATABASE_URL": database_url, "SPOTTER_DATA_DIR": str(tmp_path), "SPOTTER_WORKER": "off"}
    with _start(given) as process:
        try:
            assert process.stdout is not None
            ready = process.stdout.readline()
            assert ready.startswith("Spotter's worker is ready. Missing for texts: TWILIO_ACCOUNT_SID, ")
            _until(lambda: desk.store.jobs.counts(NOW).due == 0)
        finally:
            process.send_signal(signal.SIGTERM)
            _, error = process.communicate(timeout=30)
    assert process.returncode == 0, error
    assert "Traceback" not in error
    desk.store.database.close()


def test_a_worker_with_a_wrong_setting_is_told_so(tmp_path: Path) -> None:
    with _start({"SPOTTER_WORKER": "maybe", "SPOTTER_DATA_DIR": str(tmp_path)}) as process:
        _, error = process.communicate(timeout=30)
    assert process.returncode == 2
    assert error == "SPOTTER_WORKER is 'maybe': use on or off.\n"


def _start(given: Mapping[str, str]) -> "subprocess.Popen[str]":
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("SPOTTER", "TWILIO"))}
    return subprocess.Popen(
        [sys.executable, "-m", "desk", "work"],
        cwd=PROJECT,
        env={**kept, **given},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def _until(true: Callable[[], bool]) -> None:
    for _ in range(1000):
        if true():
            return
        time.sleep(0.01)
    pytest.fail("it did not happen within ten seconds")
