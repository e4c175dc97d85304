"""What is done all day takes no longer with a million conversations stored: no table is read whole for it."""

import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, event

from flows.line import Line
from sms.answering import Answering
from sms.message import Message
from tests.desk.gym import PERSON, SAM, WAIT, Desk

_READS = re.compile(r"^\s*(SELECT|UPDATE|DELETE|INSERT)", re.IGNORECASE)
_WHOLE = re.compile(r"^SCAN (sessions|turns|alerts|sends|jobs|check_ins|refusals)\b")


@pytest.fixture
def statements() -> Iterator[list[str]]:
    """Every statement that SQLite is given, with its values."""
    seen: list[str] = []

    def trace(connection: sqlite3.Connection, _record: object) -> None:
        connection.set_trace_callback(seen.append)

    event.listen(Engine, "connect", trace)
    yield seen
    event.remove(Engine, "connect", trace)


def test_no_table_is_read_whole(statements: list[str], tmp_path: Path, line: Line) -> None:
    path = tmp_path / "spotter.db"
    desk = Desk(f"sqlite:///{path}", tmp_path, line)
    desk.store.open()
    del statements[:]
    answering = Answering(desk.versions, desk.store, "US", desk.limits, desk.staff)
    texts = ["hi", "my lower back hurts since i picked up a heavy box", "I can't feel between my legs"]
    for number, text in enumerate(texts):
        answering.answer(Message(f"SM{number}", PERSON, text, 0, "", "+12025550199"), desk.now)
    desk.work()
    desk.after(WAIT)
    taken = desk.reply(SAM, "OK")
    assert taken
    assert desk.reply(SAM, taken[-len("DONE 4821 when it is over.") :].removesuffix(" when it is over."))
    desk.store.database.close()
    plans: dict[str, str] = {}
    with sqlite3.connect(path) as reader:
        for statement in filter(_READS.match, statements):
            for row in reader.execute(f"EXPLAIN QUERY PLAN {statement}"):
                plans[row[3]] = statement
    reader.close()
    assert any(plan.startswith("SEARCH turns") for plan in plans)
    assert {plan: statement for plan, statement in plans.items() if _WHOLE.match(plan)} == {}
