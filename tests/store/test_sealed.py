"""What people said and their numbers are sealed in the file, found all the same, and plain to the rooms."""

import json
import stat
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Engine, create_engine, insert, make_url, select, text

from flows.session import Session
from flows.turn import Reply, Trace, Turn
from store.check_ins import put_down
from store.jobs import schedule
from store.journal import Journal
from store.keys import Keys, WrongKeysError, keys_in, new_key, read_keys
from store.migrate import MIGRATIONS
from store.offers import keep_offer, keep_phone, visit_of
from store.refusals import opted_out, refuse
from store.store import CUT_OFF, Entry, Store
from store.tables import check_ins, jobs, offers, sends, sessions, turns
from tests.kept import kept_in
from tests.keys import KEYS

NOW = 1_790_000_000.0
PERSON, OTHER, PHONE, OFFERED, REFUSED = (f"+1202555018{one}" for one in range(5))
WORD, VERSION = "walrusquilt", "1-abc"


def spoken(session: Session | None) -> Turn:
    begun = session or Session("back_pain", VERSION, "sms", turns=1, last_at=NOW)
    return Turn(begun, (Reply(f"reply {WORD}", "x"),), (), (Trace("flag", "x", "rule", f"phrase {WORD}"),))


def fill(store: Store) -> None:
    """Every column that is sealed."""

    def then(connection: Any, entry: Entry) -> None:
        keep_phone(connection, entry.session, PHONE)
        keep_offer(connection, entry.session, OFFERED, 0, NOW)
        put_down(connection, session=entry.session, person=OTHER, day=1, due=NOW)
        schedule(connection, key="1", kind="x", due=NOW, person=PERSON, payload={"a": WORD})
        refuse(connection, REFUSED, "21610", NOW)
        row = {"key": "1", "kind": "page", "channel": "sms", "recipient": OTHER, "body": f"page {WORD}"}
        row |= {"state": "queued", "created_at": NOW, "updated_at": NOW}  # type: ignore[dict-item]
        connection.execute(insert(sends).values(**row))

    store.take_turn(PERSON, "SM1", NOW, spoken, f"said {WORD}", then=then)


def assert_sealed(database_url: str) -> None:
    kept = kept_in(database_url)
    assert b"SM1" in kept
    for canary in (PERSON, OTHER, PHONE, OFFERED, REFUSED, WORD):
        assert canary.removeprefix("+").encode() not in kept, canary


def assert_found(store: Store) -> None:
    kept = store.take_turn(PERSON, "SM1", NOW, spoken)
    assert kept.repeated
    assert kept.replies[0].text == f"reply {WORD}"
    with store.database.transaction() as connection:
        row = connection.execute(select(sessions).where(sessions.c.person == PERSON)).one()
        assert (row.person, row.phone) == (PERSON, PHONE)
        assert Session.from_json(row.state).version == VERSION
        visit = visit_of(connection, PERSON)
        assert visit is not None
        assert visit.offer == (OFFERED, 0)
        turn = connection.execute(select(turns.c.said, turns.c.trace)).one()
        assert (turn.said, json.loads(turn.trace)[0]["phrase"]) == (f"said {WORD}", f"phrase {WORD}")
        assert connection.execute(select(check_ins.c.person)).scalar_one() == OTHER
        sent = select(sends.c.body).where(sends.c.recipient == OTHER)
        assert connection.execute(sent).scalar_one() == f"page {WORD}"
        assert connection.execute(select(jobs.c.id).where(jobs.c.person == OTHER)).all() == []
        assert connection.execute(select(jobs.c.payload).where(jobs.c.person == PERSON)).scalar_one()
        assert opted_out(connection, REFUSED)
        assert not opted_out(connection, OTHER)
        both = select(sends.c.id).where(sends.c.recipient == select(check_ins.c.person).scalar_subquery())
        assert connection.execute(both).one_or_none() is not None


def test_nothing_that_was_said_stands_in_the_database(store: Store, database_url: str) -> None:
    fill(store)
    assert_found(store)
    assert_sealed(database_url)


def test_the_same_text_is_never_sealed_alike(store: Store, database_url: str) -> None:
    for number in range(3):
        store.take_turn(PERSON, f"SM{number}", NOW, spoken, "yes")
    store.database.close()
    engine = create_engine(make_url(database_url).set(drivername=_driver(database_url)))
    with engine.begin() as connection:
        said = connection.execute(text("SELECT said FROM turns")).scalars().all()
    engine.dispose()
    assert len(set(said)) == 3


def test_whoever_has_other_keys_can_use_nothing(store: Store, database_url: str) -> None:
    fill(store)
    other = Store(database_url, Keys([new_key()]))
    with pytest.raises(WrongKeysError), other.database.transaction():
        pass
    with pytest.raises(WrongKeysError):
        other.take_turn(PERSON, "SM2", NOW, spoken, "numb")
    other.database.close()


def test_a_value_that_was_changed_in_the_file_is_not_believed(store: Store) -> None:
    fill(store)
    with store.database.transaction() as connection:
        connection.execute(text("UPDATE turns SET said = substr(said, 1, 40) || 'AAAA' || substr(said, 45)"))
    with pytest.raises(WrongKeysError), store.database.transaction() as connection:
        connection.execute(select(turns.c.said)).all()


@pytest.fixture
def todays(database_url: str) -> Iterator[Engine]:
    """A database as it was before anything was sealed."""
    engine = create_engine(make_url(database_url).set(drivername=_driver(database_url)))
    with engine.begin() as connection:
        config = Config(attributes={"connection": connection})
        config.set_main_option("script_location", str(MIGRATIONS))
        config.set_main_option("path_separator", "os")
        command.upgrade(config, "0004")
    yield engine
    engine.dispose()


def test_a_database_of_before_is_sealed_and_leaves_nothing_behind(
    todays: Engine, database_url: str, tmp_path: Path
) -> None:
    state = Session("back_pain", VERSION, "sms", turns=1, last_at=time.time()).to_json()
    replies = json.dumps([{"text": f"reply {WORD}", "key": "x"}])
    trace = json.dumps([vars(Trace("flag", "x", "rule", f"phrase {WORD}"))])
    cut_off = json.dumps([vars(Trace("limit", CUT_OFF))])
    with todays.begin() as connection:
        for sql, values in (
            (
                "sessions (id, person, channel, level, started_at, last_at, state, phone)"
                " VALUES (1, :p, 'sms', 'info', 1, 1, :s, :q)",
                {"p": PERSON, "s": state, "q": PHONE},
            ),
            (
                "turns (id, inbound, session, at, said, replies, trace) VALUES (1, 'SM1', 1, 1, :a, :b, :c)",
                {"a": f"said {WORD}", "b": replies, "c": trace},
            ),
            ("turns (id, session, at, said, replies, trace) VALUES (2, 1, 1, '', '[]', :c)", {"c": cut_off}),
            ("offers VALUES (1, :p, 0, 1)", {"p": OFFERED}),
            ("refusals VALUES (:p, 1, '21610')", {"p": REFUSED}),
            (
                "check_ins (session, person, day, due, state) VALUES (1, :p, 1, 1, 'waiting')",
                {"p": OTHER},
            ),
            (
                "sends (key, kind, channel, recipient, body, state, created_at, updated_at)"
                " VALUES ('1', 'page', 'sms', :p, :b, 'queued', 1, 1)",
                {"p": OTHER, "b": f"page {WORD}"},
            ),
            (
                "jobs (key, kind, urgent, person, payload, due, leased_until, lease, attempts, state)"
                " VALUES ('1', 'x', false, :p, :b, 1, 0, '', 0, 'waiting')",
                {"p": PERSON, "b": json.dumps({"a": WORD})},
            ),
        ):
            connection.execute(text(f"INSERT INTO {sql}"), values)
        # What was deleted then is on pages that are not used.
        connection.execute(text("CREATE TABLE gone (what TEXT)"))
        connection.execute(text("INSERT INTO gone VALUES (:w)"), {"w": WORD * 2000})
        connection.execute(text("DROP TABLE gone"))
    todays.dispose()
    assert WORD.encode() in kept_in(database_url)
    store = Store(database_url, keys_in(tmp_path / "keys"))
    store.open()
    assert_sealed(database_url)
    with store.database.transaction() as connection:
        assert connection.execute(select(turns.c.cut_off).order_by(turns.c.id)).scalars().all() == [
            False,
            True,
        ]
        assert connection.execute(select(offers.c.number)).scalar_one() == OFFERED
        connection.execute(turns.delete().where(turns.c.id == 2))
    assert_found(store)
    store.database.close()


def test_only_the_owner_may_read_the_files(store: Store, database_url: str, tmp_path: Path) -> None:
    if not database_url.startswith("sqlite"):
        pytest.skip("a server keeps its own files")
    fill(store)
    journal = Journal(tmp_path / "journal", KEYS)
    assert journal.keep("text", NOW, {"body": WORD})
    keys_in(tmp_path / "made" / "keys")
    folder = Path(make_url(database_url).database or "").parent
    files = [*folder.glob("spotter.db*"), *(tmp_path / "journal").glob("*.json"), tmp_path / "made" / "keys"]
    assert len(files) == 5
    assert {stat.S_IMODE(one.stat().st_mode) for one in files} == {0o600}


def test_a_database_that_others_could_read_is_closed_to_them(tmp_path: Path) -> None:
    file = tmp_path / "spotter.db"
    file.touch(0o644)
    store = Store(f"sqlite:///{file}", KEYS)
    store.open()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    store.database.close()


def test_whoever_begins_at_the_same_moment_has_the_same_keys(tmp_path: Path) -> None:
    made = keys_in(tmp_path / "keys")
    assert keys_in(tmp_path / "keys").open(made.seal(WORD)) == WORD
    assert [one.name for one in tmp_path.iterdir()] == ["keys"]


def test_half_of_an_emoji_is_kept() -> None:
    assert KEYS.open(KEYS.seal("numb \ud83d")) == "numb \ud83d"


@pytest.mark.parametrize("given", ["", " , ", "short", "x" * 44])
def test_what_is_no_key_is_refused_and_not_quoted(given: str) -> None:
    with pytest.raises(ValueError, match="python -m store key") as refused:
        read_keys(given)
    assert not given.strip(" ,") or given not in str(refused.value)


def _driver(database_url: str) -> str:
    return "sqlite" if database_url.startswith("sqlite") else "postgresql+psycopg"
