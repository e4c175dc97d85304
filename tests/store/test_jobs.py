"""Jobs are put down once, held by one worker at a time, tried again, and never lost without a trace."""

from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from flows.turn import Cancel, Schedule
from store.jobs import ATTEMPTS, LATE_SECONDS, Counts, Job, cancel, held, pause, schedule
from store.store import Store
from store.tables import jobs, sessions
from tests.keys import KEYS
from tests.store.test_store import NOW, PERSON, counted, rows
from tests.together import run_together


def put_down(store: Store, key: str, due: float = NOW, **more: Any) -> bool:
    with store.database.transaction() as connection:
        return schedule(connection, key=key, kind=more.pop("kind", "look"), due=due, **more)


def claimed(store: Store, now: float = NOW, **more: Any) -> Job:
    job = store.jobs.claim(now, 30, **more)
    assert job is not None
    return job


def keys(store: Store) -> list[str]:
    return sorted(str(row["key"]) for row in rows(store, jobs))


def test_a_job_is_handed_over_as_it_was_put_down(store: Store) -> None:
    payload = {"alert": 1, "to": ["x"]}
    assert put_down(store, "a", kind="page:first", person=PERSON, payload=payload, urgent=True)
    job = claimed(store, urgent=True)
    assert (job.key, job.kind, job.person, job.session) == ("a", "page:first", PERSON, None)
    assert (job.payload, job.due, job.attempts, job.inbound) == (payload, NOW, 1, "job:a")


def test_a_key_is_taken_once(store: Store) -> None:
    assert put_down(store, "a", payload={"n": 1})
    assert not put_down(store, "a", due=NOW - 5, payload={"n": 2})
    assert claimed(store).payload == {"n": 1}
    together = run_together(6, lambda _: put_down(store, "b"))
    assert sorted(together) == [False] * 5 + [True]


def test_a_job_that_was_put_down_in_a_turn_that_failed_is_not_there(store: Store) -> None:
    with pytest.raises(ValueError), store.database.transaction() as connection:  # noqa: PT011, PT012
        schedule(connection, key="a", kind="look", due=NOW)
        raise ValueError
    assert store.jobs.claim(NOW, 30) is None


def test_a_job_is_held_by_one_worker_until_its_lease_is_over(store: Store) -> None:
    put_down(store, "a", due=NOW + 60)
    assert store.jobs.claim(NOW + 59, lease=30) is None
    first = claimed(store, NOW + 60)
    assert store.jobs.claim(NOW + 89, lease=30) is None
    second = claimed(store, NOW + 90)
    assert (first.id, first.attempts, second.attempts) == (second.id, 1, 2)


def test_whoever_is_due_longest_comes_first_and_urgent_ones_apart(store: Store) -> None:
    for key, due in (("b", NOW - 1), ("a", NOW - 2), ("later", NOW + 1)):
        put_down(store, key, due)
    put_down(store, "urgent", urgent=True)
    assert [claimed(store).key, claimed(store).key] == ["a", "b"]
    assert store.jobs.claim(NOW, 30) is None
    assert claimed(store, urgent=True).key == "urgent"
    assert store.jobs.claim(NOW, 30, urgent=True) is None


def test_many_workers_share_the_jobs_and_none_gets_one_twice(store: Store, database_url: str) -> None:
    for number in range(40):
        put_down(store, str(number))
    others = [Store(database_url, KEYS) for _ in range(3)]

    def work(number: int) -> list[str]:
        jobs, done = [store, *others][number % 4].jobs, []
        while job := jobs.claim(NOW, 30):
            done.append(job.key)
            assert jobs.finish(job)
        return done

    taken = Counter(key for done in run_together(8, work) for key in done)
    assert taken == {str(number): 1 for number in range(40)}
    for other in others:
        other.database.close()


def test_who_lost_the_job_cannot_disturb_who_has_it_now(store: Store) -> None:
    put_down(store, "a")
    late = claimed(store)
    holder = claimed(store, NOW + 30)
    assert not store.jobs.finish(late)
    assert not store.jobs.put_back(late, NOW, "too late")
    assert not store.jobs.repeat(late, NOW)
    assert not store.jobs.bury(late, "too late")
    assert store.jobs.claim(NOW + 31, 30) is None
    with store.database.transaction() as connection:
        assert held(connection, holder)
        assert not held(connection, late)
    assert store.jobs.finish(holder)
    assert not store.jobs.finish(holder)
    assert rows(store, jobs) == []


def test_a_failed_job_waits_longer_each_time_and_dies_in_the_end(store: Store) -> None:
    put_down(store, "a")
    now, waited = NOW, []
    while job := store.jobs.claim(now, 30):
        assert store.jobs.put_back(job, now, "Twilio's error 503")
        waited.append(pause(job.attempts))
        now += waited[-1]
    assert len(waited) == ATTEMPTS
    [dead] = rows(store, jobs)
    assert (dead["state"], dead["error"]) == ("dead", "Twilio's error 503")
    assert store.jobs.revive(int(str(dead["id"])), now)
    assert not store.jobs.revive(int(str(dead["id"])), now)
    assert claimed(store, now).attempts == 1


def test_a_repeated_job_starts_afresh(store: Store) -> None:
    put_down(store, "a")
    assert store.jobs.put_back(claimed(store), NOW, "down")
    again = claimed(store, NOW + pause(1))
    assert again.attempts == 2
    assert store.jobs.repeat(again, NOW + 300)
    assert store.jobs.claim(NOW + 299, 30) is None
    assert claimed(store, NOW + 300).attempts == 1
    assert rows(store, jobs)[0]["error"] is None


@given(st.integers(1, 10_000))
def test_pauses_grow_and_stay_within_half_an_hour(attempts: int) -> None:
    assert 10 <= pause(attempts) <= pause(attempts + 1) <= 1800


def test_counts(store: Store) -> None:
    assert store.jobs.counts(NOW) == Counts(due=0, late=0, dead=0, oldest=None)
    for key, due in (("a", NOW - LATE_SECONDS), ("b", NOW), ("c", NOW + 1), ("d", NOW - 500)):
        put_down(store, key, due)
    held_job = claimed(store)
    assert held_job.key == "d"
    put_down(store, "e", NOW - 5, urgent=True)
    assert store.jobs.bury(claimed(store, urgent=True), "no such number")
    assert store.jobs.counts(NOW) == Counts(due=2, late=1, dead=1, oldest=NOW - 500)


def test_a_claimed_job_survives_the_turn_that_it_brings(store: Store) -> None:
    store.take_turn(PERSON, "SM1", NOW, lambda s: counted(s, Schedule("recheck", 60)))
    job = claimed(store, NOW + 60)
    store.take_turn(PERSON, job.inbound, NOW, lambda s: counted(s, Cancel("*"), Schedule("recheck", 60)))
    assert store.jobs.finish(job)
    [left] = rows(store, jobs)
    assert left["id"] != job.id


def test_what_is_cancelled_is_forgotten_and_what_staff_rely_on_is_not(store: Store) -> None:
    store.take_turn(PERSON, "SM1", NOW, counted)
    store.take_turn("+15550100002", "SM2", NOW, counted)
    with store.database.transaction() as connection:
        mine, other = connection.execute(select(sessions.c.id)).scalars().all()
    put_down(store, "held", session=mine, person=PERSON)
    held_job = claimed(store)
    put_down(store, "look", session=mine, person=PERSON)
    put_down(store, "check", session=mine, person=PERSON, kind="check:1")
    put_down(store, "elsewhere", session=other, person=PERSON, kind="check:1")
    put_down(store, "others", session=other, person="+15550100002")
    put_down(store, "staff", person=PERSON)
    with store.database.transaction() as connection:
        cancel(connection, session=mine, kind="look")
    assert keys(store) == ["check", "elsewhere", "held", "others", "staff"]
    with store.database.transaction() as connection:
        cancel(connection, person=PERSON, kind="check:1")
    assert keys(store) == ["held", "others", "staff"]
    with store.database.transaction() as connection:
        cancel(connection, session=mine)
        cancel(connection, person=PERSON)
    assert keys(store) == ["held", "others", "staff"]
    assert store.jobs.finish(held_job)


def test_after_the_clock_was_put_back_nothing_urgent_waits_for_a_time_that_was_never_right(
    store: Store,
) -> None:
    day = 24 * 3600.0
    put_down(store, "page", NOW + 60, urgent=True)
    put_down(store, "held", NOW, urgent=True)
    put_down(store, "reconcile", NOW + 300, kind="reconcile")
    put_down(store, "check_in", NOW + day)
    claimed(store, urgent=True)
    now = NOW - day
    assert store.jobs.claim(now, 30, urgent=True) is None
    store.jobs.rouse(now, 30, ["reconcile"])
    page, reconcile = claimed(store, now, urgent=True), claimed(store, now)
    assert (page.key, reconcile.key) == ("page", "reconcile")
    assert store.jobs.finish(page)
    assert store.jobs.finish(reconcile)
    assert store.jobs.claim(now + 29, 30, urgent=True) is None
    assert claimed(store, now + 30, urgent=True).key == "held"
    assert store.jobs.claim(now + 30, 30) is None
