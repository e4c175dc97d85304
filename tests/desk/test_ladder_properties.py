"""Whatever happens, in any order: an alert is answered, or its next look is put down."""

import tempfile
from contextlib import closing
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from flows.levels import Level
from flows.line import Line
from store.tables import jobs, sends
from tests.desk.gym import ALEX, KIM, SAM, Desk

_TIMES = st.sampled_from([0.0, 1.0, 30.0, 60.0, 61.0, 900.0, 7200.0])
_EVENTS = st.one_of(
    st.tuples(st.just("time"), _TIMES),
    st.tuples(st.just("page"), st.sampled_from(["sent", "delivered", "failed", "undelivered"])),
    st.tuples(st.just("reply"), st.sampled_from(["ok", "code", "done", "hello", "ok 99999"])),
    st.tuples(st.just("worse"), st.sampled_from(list(Level))),
    st.tuples(st.just("crash"), st.just("")),
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    events=st.lists(_EVENTS, max_size=12),
    who=st.sampled_from([SAM, ALEX, KIM]),
    level=st.sampled_from([Level.URGENT, Level.EMERGENCY]),
)
def test_an_alert_is_answered_or_goes_on(
    events: list[tuple[str, object]], who: str, level: Level, line: Line
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        desk = Desk(f"sqlite:///{folder}/spotter.db", Path(folder), line)
        with closing(desk.store.database):
            desk.alert(level=level)
            _goes_on(desk)
            for kind, value in events:
                answered_before = desk.row()["state"] != "open"
                desk.paged()
                if kind == "time":
                    desk.after(float(str(value)))
                elif kind == "page":
                    desk.becomes(str(value))
                elif kind == "reply":
                    desk.reply(who, desk.code if value == "code" else str(value))
                elif kind == "worse":
                    assert isinstance(value, Level)
                    desk.alert(f"flag_{value.id}", level=value)
                else:
                    # A worker that dies with the job in its hands.
                    desk.store.jobs.claim(desk.now, lease=60, urgent=True)
                _goes_on(desk)
                if answered_before and kind != "worse":
                    assert desk.paged() == []


def _goes_on(desk: Desk) -> None:
    row = desk.row()
    if row["state"] != "open" or Level.from_id(str(row["level"])) < Level.URGENT:
        return
    with desk.store.database.transaction() as connection:
        looks = connection.execute(
            select(jobs.c.due, jobs.c.state, jobs.c.payload).where(jobs.c.kind == "escalate")
        ).all()
        made = connection.execute(select(sends.c.key)).scalars().all()
    due = [(look.due, look.state) for look in looks if look.payload == f'{{"alert": {row["id"]}}}']
    assert any(state == "waiting" and when <= desk.now + 901 for when, state in due), (row, due)
    assert len(made) == len(set(made))
