"""What the database could not take is on the disk before anybody is answered, and handed over later, once."""

import os
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from store.journal import Journal, Unkept
from store.replay import Replay, TooEarlyError
from store.store import Store
from store.tables import turns
from tests.conftest import Outage, fill
from tests.keys import KEYS
from tests.store.test_store import NOW, PERSON, counted
from tests.together import run_together

_KILLED = """
import sys
from pathlib import Path
from store.journal import Journal
from tests.keys import KEYS

journal = Journal(Path(sys.argv[1]), KEYS)
for number in range(100_000):
    assert journal.keep("text", 1.0, {"body": "x" * 2000, "number": number})
    print(number, flush=True)
"""


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(tmp_path / "var" / "journal", KEYS)


def entries(journal: Journal) -> list[Unkept]:
    return [journal.read(name) for name in journal.waiting()]


def files(journal: Journal, tmp_path: Path) -> list[Path]:
    return [tmp_path / "var" / "journal" / f"{name}.json" for name in journal.waiting()]


def test_what_is_written_is_read_in_order_and_by_nobody_else(journal: Journal, tmp_path: Path) -> None:
    journal.tend()
    for number in range(3):
        assert journal.keep("text", NOW + number, {"body": "né 😭 \ud800", "number": number})
    assert [(one.kind, one.at, one.fields["number"]) for one in entries(journal)] == [
        ("text", NOW + number, number) for number in range(3)
    ]
    assert entries(journal)[0].fields["body"] == "né 😭 \ud800"
    assert len({one.key for one in entries(journal)}) == journal.count() == 3
    for file in files(journal, tmp_path):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "var" / "journal").stat().st_mode) == 0o700
    journal.remove(journal.waiting()[0])
    assert journal.count() == 2


def test_an_entry_and_its_name_reach_the_disk_before_it_counts_as_kept(
    journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal.tend()
    synced, sync = [], os.fsync

    def noted(descriptor: int) -> None:
        synced.append("folder" if stat.S_ISDIR(os.fstat(descriptor).st_mode) else "file")
        sync(descriptor)

    monkeypatch.setattr("os.fsync", noted)
    assert journal.keep("text", NOW, {})
    assert synced == ["file", "folder"]


def test_every_entry_that_was_kept_outlives_a_kill(journal: Journal, tmp_path: Path) -> None:
    command = [sys.executable, "-c", _KILLED, str(tmp_path / "var" / "journal")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        killer = threading.Timer(30, process.kill)
        killer.start()
        kept = [int(next(process.stdout)) for _ in range(100)]
        process.kill()
        kept += [int(line) for line in process.stdout if line.endswith("\n")]
        killer.cancel()
    found = [one.fields["number"] for one in entries(journal)]
    assert found[: len(kept)] == kept
    assert len(found) <= len(kept) + 1


def test_many_threads_lose_nothing(journal: Journal) -> None:
    kept = run_together(8, lambda number: [journal.keep("text", NOW, {"number": number}) for _ in range(5)])
    assert kept == [[True] * 5] * 8
    assert sorted(one.fields["number"] for one in entries(journal)) == sorted(list(range(8)) * 5)


def test_a_disk_that_takes_nothing_is_said_loudly(
    journal: Journal, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "var").write_text("a file where the directory should be")
    assert not journal.keep("text", NOW, {"body": "my secret"})
    assert "NOT EVEN THE JOURNAL" in caplog.text
    assert "secret" not in caplog.text
    assert journal.waiting() == []
    journal.tend()


def test_a_disk_that_hangs_does_not_hang_the_answer(
    journal: Journal, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    moves_again, sync = threading.Event(), os.fsync

    def hangs(descriptor: int) -> None:
        moves_again.wait(30)
        sync(descriptor)

    monkeypatch.setattr("store.journal._PATIENCE_SECONDS", 0.05)
    monkeypatch.setattr("os.fsync", hangs)
    for _ in range(2):
        assert not journal.keep("text", NOW, {})
    assert "TimeoutError" in caplog.text
    moves_again.set()
    until(lambda: journal.count() == 2)


def test_the_reserve_makes_room_on_a_full_disk(
    small_disk: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("store.journal._PLENTY_BYTES", 0)
    journal = Journal(small_disk / "journal", KEYS)
    journal.tend()
    fill(small_disk)
    kept, enough = 0, threading.Event()

    # Somebody else takes every byte that comes free.
    def fill_on() -> None:
        while not enough.is_set():
            fill(small_disk, "a")

    other = threading.Thread(target=fill_on)
    other.start()
    while journal.keep("text", NOW, {"body": "痛" * 1600}):
        kept += 1
    enough.set()
    other.join()
    assert kept >= 128
    assert "NOT EVEN THE JOURNAL" in caplog.text
    assert journal.count() == kept
    for name in journal.waiting():
        journal.remove(name)
    (small_disk / "other").unlink()
    journal.tend()
    assert len(list((small_disk / "journal" / "reserve").iterdir())) == 128


@pytest.fixture
def written(journal: Journal) -> Journal:
    for number in range(3):
        journal.keep("text", NOW, {"number": number})
    return journal


@pytest.fixture
def replayed(written: Journal, store: Store) -> Replay:
    """Keeps each entry as a turn."""

    def keep(unkept: Unkept, now: float) -> None:
        store.take_turn(PERSON, unkept.key, now, counted, str(unkept.fields["number"]))

    return Replay(written, store, {"text": keep})


def said(store: Store) -> list[str]:
    with store.database.transaction() as connection:
        return list(connection.execute(select(turns.c.said).order_by(turns.c.id)).scalars())


def test_what_waits_is_handed_over_once_the_database_is_back(
    replayed: Replay, written: Journal, store: Store, outage: Outage
) -> None:
    with outage():
        assert not replayed.look()
        assert written.count() == 3
    assert replayed.look()
    assert said(store) == ["0", "1", "2"]
    assert written.count() == 0


def test_the_thread_does_so_by_itself(
    replayed: Replay, written: Journal, store: Store, outage: Outage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("store.replay._LOOK_EVERY_SECONDS", 0.02)
    monkeypatch.setattr("store.replay._TROUBLE_SECONDS", 0.02)
    with outage():
        replayed.start()
        time.sleep(0.1)
        assert written.count() == 3
    until(lambda: written.count() == 0)
    replayed.stop()
    assert said(store) == ["0", "1", "2"]


def test_a_crash_after_it_was_kept_keeps_it_no_second_time(
    replayed: Replay, written: Journal, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as crash:
        crash.setattr(written, "remove", lambda _: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            replayed.look()
    assert (said(store), written.count()) == (["0"], 3)
    assert replayed.look()
    assert (said(store), written.count()) == (["0", "1", "2"], 0)


def test_two_processes_on_one_journal_keep_everything_once(
    written: Journal, store: Store, database_url: str, tmp_path: Path
) -> None:
    stores = [store, Store(database_url, KEYS)]

    def hand_over(number: int) -> None:
        own = Journal(tmp_path / "var" / "journal", KEYS)

        def keep(unkept: Unkept, now: float) -> None:
            stores[number].take_turn(PERSON, unkept.key, now, counted, str(unkept.fields["number"]))

        assert Replay(own, stores[number], {"text": keep}).look()

    run_together(2, hand_over)
    assert sorted(said(store)) == ["0", "1", "2"]
    assert written.count() == 0
    stores[1].database.close()


def test_what_fails_by_itself_is_set_aside_and_holds_up_no_others(
    written: Journal, store: Store, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    done: list[int] = []

    def fails_on_the_first(unkept: Unkept, _now: float) -> None:
        if unkept.fields["number"] == 0:
            raise ValueError("about +12025550123")
        done.append(unkept.fields["number"])

    for number, text in enumerate(('{"kind": "text", "at": 1.0, "fie', '{"kind": "x", "at": 1}')):
        (tmp_path / "var" / "journal" / f"{number:020d}-torn.json").write_text(text)
    replay = Replay(written, store, {"text": fails_on_the_first})
    for _ in range(5):
        assert replay.look()
    assert done == [1, 2]
    assert (written.count(), written.aside()) == (0, 3)
    assert "set aside" in caplog.text
    assert "+1202" not in caplog.text


@pytest.mark.parametrize("step", ["read", "remove"])
def test_a_file_that_cannot_be_read_or_removed_holds_up_no_others(
    step: str, replayed: Replay, written: Journal, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As after a mend by hand that left a file of another owner (whoever runs the tests may read it)."""
    first, real = written.waiting()[0], getattr(written, step)

    def refuse(name: str) -> Unkept | None:
        if name == first:
            raise PermissionError(name)
        return real(name)  # type: ignore[no-any-return]

    monkeypatch.setattr(written, step, refuse)
    for _ in range(5):
        assert replayed.look()
    assert said(store) == (["1", "2"] if step == "read" else ["0", "1", "2"])
    assert (written.count(), written.aside()) == (0, 1)


def test_what_the_database_itself_refuses_is_set_aside_too(
    written: Journal, store: Store, database_url: str
) -> None:
    def refused(unkept: Unkept, now: float) -> None:
        site = "\0" if database_url.startswith("postgres") else None
        store.take_turn(PERSON, unkept.key, now, counted, "", (site, ""))  # type: ignore[arg-type]

    replay = Replay(written, store, {"text": refused})
    for _ in range(5):
        assert replay.look()
    assert written.aside() == 3


@pytest.mark.parametrize("error", [TooEarlyError("no conversation"), OperationalError("", None, OSError())])
def test_what_is_too_early_waits_as_long_as_it_takes(
    error: Exception, written: Journal, store: Store
) -> None:
    def early(_unkept: Unkept, _now: float) -> None:
        raise error

    replay = Replay(written, store, {"text": early})
    assert [replay.look() for _ in range(20)] == [False] * 20
    assert (written.count(), written.aside()) == (3, 0)


def test_what_a_power_cut_left_half_written_is_taken_up_or_set_aside(
    written: Journal, store: Store, tmp_path: Path
) -> None:
    folder = tmp_path / "var" / "journal"
    whole, torn, under_way = (folder / f"{number:020d}-left.part" for number in range(3))
    text = files(written, tmp_path)[0].read_text()
    for file in (whole, torn, under_way):
        file.write_text(text if file is not torn else text[:20])
    for file in (whole, torn):
        os.utime(file, (NOW, NOW))
    done: list[int] = []
    replay = Replay(written, store, {"text": lambda unkept, _: done.append(unkept.fields["number"])})
    for _ in range(5):
        replay.look()
    assert done == [0, 0, 1, 2]
    assert (written.count(), written.aside()) == (0, 1)
    assert under_way.exists()


def until(true: Callable[[], bool]) -> None:
    for _ in range(1000):
        if true():
            return
        time.sleep(0.01)
    pytest.fail("it did not happen within ten seconds")
