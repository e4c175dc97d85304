"""Jobs that were given up are listed, can be revived, and staff hear of them once a day."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from desk.dead_letters import DeadLetters, listing
from desk.roster_file import RosterFile
from desk.worker import Hand, Worker
from flows.segments import segments
from sms.limits import Limits
from sms.outbox import Outbox
from store.jobs import ATTEMPTS, LATE_SECONDS, Counts, Trouble, schedule
from store.store import Store
from store.tables import sends
from tests.conftest import Outage
from tests.desk.gym import ALEX, MONDAY, SAM, write_roster
from tests.keys import KEYS
from values import PROJECT

DAY = 24 * 3600.0
WORDS = "pins and needles since squatting"


class Desk:
    """A store whose hand fails, with the clock in hand."""

    def __init__(self, url: str, roster: Path) -> None:
        self.now = MONDAY
        self.store = Store(url, KEYS, lambda: self.now)
        outbox = Outbox(Limits(a_number=100, a_day=100, turns=100, minutes=10))
        hands: dict[str, Hand] = {
            "juggle": self.fail,
            "send": lambda _job, _now: None,
            "dead_letters": DeadLetters(self.store, RosterFile(roster), outbox),
        }
        self.worker = Worker(self.store, hands, standing=("dead_letters",))

    def fail(self, _job: object, _now: float) -> None:
        raise ValueError(WORDS)

    def put_down(self, key: str) -> None:
        with self.store.database.transaction() as connection:
            schedule(connection, key=key, kind="juggle", due=self.now)

    def after(self, seconds: float) -> None:
        """Time goes by in steps of ten minutes, and what is due is done."""
        end = self.now + seconds
        while True:
            while self.worker.work():
                pass
            if self.now >= end:
                return
            self.now = min(self.now + 600, end)

    def dies(self, key: str) -> None:
        self.put_down(key)
        for _ in range(ATTEMPTS):
            job = self.store.jobs.claim(self.now, 60)
            assert job is not None
            self.store.jobs.put_back(job, self.now - 3600, "ValueError at juggling.py:3")

    def told(self) -> list[tuple[str, str]]:
        with self.store.database.transaction() as connection:
            columns = select(sends.c.recipient, sends.c.body).where(sends.c.kind == "dead_letters")
            return [(row.recipient, row.body) for row in connection.execute(columns.order_by(sends.c.id))]


@pytest.fixture
def desk(database_url: str, tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(database_url, write_roster(tmp_path))
    yield desk
    desk.store.database.close()


def test_who_is_on_duty_hears_once_a_day_that_jobs_died(desk: Desk) -> None:
    desk.worker.begin()
    desk.after(1800)
    assert desk.told() == []
    desk.dies("a")
    desk.dies("b")
    desk.after(3 * 3600)
    [(number, text)] = desk.told()
    assert number == SAM
    assert "2 today" in text
    assert "spotter desk jobs" in text
    assert segments(text).count == 1
    desk.dies("c")
    desk.after(DAY)
    assert [number for number, _ in desk.told()] == [SAM, ALEX], "the third is told of on the next day"
    desk.after(5 * DAY)
    assert len(desk.told()) == 2, "nobody is reminded for ever"
    assert desk.store.jobs.counts(desk.now).dead == 3


def test_who_takes_no_texts_is_not_called_for_it(desk: Desk) -> None:
    """Kim, whom this gym has while nobody is on duty, takes calls only: it waits for the next shift."""
    desk.now += 7 * 3600
    desk.dies("a")
    desk.worker.begin()
    desk.after(3600)
    assert desk.told() == []
    desk.after(3600)
    assert [number for number, _ in desk.told()] == [ALEX]


def test_a_database_that_is_gone_does_not_end_it(
    desk: Desk, outage: Outage, caplog: pytest.LogCaptureFixture
) -> None:
    hand = DeadLetters(desk.store, RosterFile(Path("nowhere")), Outbox(Limits(1, 1, 1, 1)))
    desk.worker.begin()
    job = desk.store.jobs.claim(desk.now, 60)
    assert job is not None
    with outage():
        assert hand(job, desk.now) == desk.now + 600
    assert "which jobs died is not known" in caplog.text
    desk.dies("a")
    assert hand(job, desk.now) == desk.now + 600, "nor does a roster that is not there"


def test_dead_jobs_come_first_and_then_the_late_ones(desk: Desk) -> None:
    desk.put_down("late")
    desk.now += LATE_SECONDS
    desk.put_down("due")
    job = desk.store.jobs.claim(desk.now, 60)
    assert job is not None
    assert job.key == "late"
    assert desk.store.jobs.put_back(job, desk.now - LATE_SECONDS - 10, "OSError at x.py:1")
    with desk.store.database.transaction() as connection:
        schedule(connection, key="dead", kind="send", due=desk.now)
    [other] = [one for _ in range(3) if (one := desk.store.jobs.claim(desk.now, 60)) and one.key == "dead"]
    assert desk.store.jobs.bury(other, "ValueError at y.py:2")
    desk.now += 120
    found = desk.store.jobs.troubled(desk.now, 10)
    assert [(one.kind, one.state, one.error) for one in found] == [
        ("send", "dead", "ValueError at y.py:2"),
        ("juggle", "waiting", "OSError at x.py:1"),
        ("juggle", "waiting", None),
    ]
    assert desk.store.jobs.troubled(desk.now, 1) == found[:1]


def test_the_list_is_readable() -> None:
    trouble = [
        Trouble(17, "send", "dead", MONDAY - 3 * 3600, 12, "ValueError at y.py:2"),
        Trouble(18, "escalate", "waiting", MONDAY - 90, 0, None),
    ]
    lines = listing(trouble, Counts(due=9, late=2, dead=1, oldest=None), MONDAY).splitlines()
    assert lines[0] == "1 dead, 2 late."
    assert lines[3].split() == ["17", "send", "dead", "3", "h", "12", "ValueError", "at", "y.py:2"]
    assert lines[4].split() == ["18", "escalate", "late", "90", "s", "0", "not", "tried", "yet"]
    assert lines[5] == "and 1 more"
    assert listing([], Counts(3, 0, 0, None), MONDAY) == "No job is dead or late."


def test_the_command_lists_and_revives(desk: Desk, database_url: str, tmp_path: Path) -> None:
    def run(*words: str) -> "subprocess.CompletedProcess[str]":
        environ = {"DATABASE_URL": database_url, "SPOTTER_DATA_DIR": str(tmp_path)}
        command = [sys.executable, "-m", "desk", "jobs", *words]
        return subprocess.run(
            command, cwd=PROJECT, env=environ, capture_output=True, text=True, check=False, timeout=60
        )

    desk.dies("a")
    [dead] = desk.store.jobs.troubled(desk.now, 10)
    listed = run()
    assert listed.returncode == 0, listed.stderr
    assert f"{dead.id}  juggle           dead" in listed.stdout
    assert "ValueError at juggling.py:3" in listed.stdout
    revived = run("revive", str(dead.id))
    assert (revived.returncode, revived.stdout) == (0, f"Job {dead.id} is due again.\n")
    assert desk.store.jobs.counts(desk.now).dead == 0
    again = run("revive", str(dead.id))
    assert (again.returncode, again.stdout) == (1, "")
    assert again.stderr == f"Job {dead.id} is not dead: there is nothing to revive.\n"
