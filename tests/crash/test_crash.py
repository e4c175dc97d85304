"""Nothing is lost or done twice, whatever is killed and when.

Two servers (each with a worker) and a worker of its own share a database. People and staff text, keys are
pressed on calls, Twilio tells what became of our texts, and all the time the processes are killed by SIGKILL,
also while they boot, and started again. A webhook whose connection broke is delivered again, or fetched from
Twilio by the line itself. The clock is ten times as fast as time, for everybody; and while the power is off,
days go by, after which people are to be asked how they are.
"""

import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from flows.line import Line
from store.store import Store
from tests.crash.cast import LINE, Cast
from tests.crash.crew import Crew, write_roster
from tests.crash.evidence import Evidence
from tests.crash.judge import faults
from tests.crash.killer import Killer
from tests.crash.machines import Machines
from tests.crash.news import News
from tests.crash.post import Post
from tests.crash.quick_clock import QuickClock
from tests.keys import KEYS
from tests.sms.phone import PUBLIC_URL
from tests.twilio.standin import ACCOUNT, TOKEN, stand_in

# On each database, so twice as many in all.
KILLS = 100
SEED = 5
# A Monday, noon in New York.
_BEGIN = 1_790_006_400.0
# On the first day, after one day, and after three.
_NIGHTS = (0, 1, 2)
_DAY_SECONDS = 24 * 3600.0
_LATER_KILLS = KILLS // 8
_PEOPLE_A_KILL = 2
_SETTLE_SECONDS = 180.0


@pytest.fixture
def tmp_path() -> Iterator[Path]:
    """In memory, if that can be: nothing here has to outlive the machine, and disks may be slow."""
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None, prefix="spotter-") as folder:
        yield Path(folder)


def test_nothing_is_lost_or_done_twice(
    database_url: str, tmp_path: Path, line: Line, capsys: pytest.CaptureFixture[str]
) -> None:
    began, clock = time.monotonic(), QuickClock.from_now(_BEGIN)
    write_roster(tmp_path / "roster.yaml")
    with (
        stand_in(clock) as twilio,
        closing(
            Machines(tmp_path, _environ(tmp_path, database_url), twilio.base, servers=2, workers=1)
        ) as machines,
        closing(Store(database_url, KEYS).database) as database,
    ):
        post, killer = Post(machines.ports, SEED), Killer(machines, SEED)
        with (
            News(twilio, post, SEED),
            Crew(twilio, post, SEED) as crew,
            closing(Cast(twilio, post, line.safety_words("sms", "US"))) as cast,
        ):

            def evidence() -> Evidence:
                with database.transaction() as connection:
                    return Evidence.gathered(connection, cast.people, crew.sent, twilio.rows, clock())

            for day, nights in enumerate(_NIGHTS):
                if day:
                    killer.cut_power()
                    clock = twilio.clock = QuickClock.from_now(clock() + nights * _DAY_SECONDS)
                    cast.wake(day)
                    killer.run(_LATER_KILLS, clock)
                else:
                    killer.run(KILLS - 2 * _LATER_KILLS, clock, lambda: cast.invite(_PEOPLE_A_KILL))
                cast.wait()
                _settle(evidence)
        _settle(evidence)
        found = evidence()
        # Whatever was under way ends, and nothing changes any more.
        machines.kill_all()
        time.sleep(0.5)
        found = replace(evidence(), now=found.now)
    with capsys.disabled():
        print(f"\n{database_url.partition(':')[0]}: {killer.sentence} in {time.monotonic() - began:.0f} s")
        print(f"  {post.delivered} webhooks answered, {post.broken} broke", *found.lines(), sep="\n  ")
    assert killer.kills >= KILLS
    assert faults(found, line) == []


def _settle(evidence: Callable[[], Evidence]) -> None:
    """Waits until nothing that is due is left, as long as that may take."""
    give_up = time.monotonic() + _SETTLE_SECONDS
    while evidence().late and time.monotonic() < give_up:
        time.sleep(1.0)


def _environ(folder: Path, database_url: str) -> Mapping[str, str]:
    """The settings of every process. Limits are for one person's day, not for a gym's in two minutes."""
    return {
        "DATABASE_URL": database_url,
        "SPOTTER_ROSTER": str(folder / "roster.yaml"),
        "SPOTTER_PUBLIC_URL": PUBLIC_URL,
        "SPOTTER_SMS_FROM": LINE,
        "SPOTTER_RECONCILE_MINUTES": "1",
        "SPOTTER_TEXTS_PER_NUMBER": "100000",
        "SPOTTER_TEXTS_PER_DAY": "1000000",
        "TWILIO_ACCOUNT_SID": ACCOUNT,
        "TWILIO_AUTH_TOKEN": TOKEN,
    }
