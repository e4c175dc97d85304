"""What is said to a kiosk while the database is gone: answered at once, and staff are told later, once."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select

from flows.levels import Level
from flows.line import Line
from flows.versions import Versions
from store.journal import Journal
from store.replay import Replay
from store.store import Store
from store.tables import alerts, sessions, turns
from tests.conftest import Outage
from tests.keys import KEYS
from voice.dialogue import UNKEPT, Dialogue
from voice.exchange import Answer, Said

NOW = 1_790_000_000.0
WORDS = "both my legs are numb"


class Kiosk:
    """A kiosk by the racks on a real database and a real journal."""

    def __init__(self, versions: Versions, store: Store, folder: Path) -> None:
        self.store, self.versions, self.now = store, versions, NOW
        self.journal = Journal(folder, KEYS)
        self.dialogue = Dialogue(versions, store, "US", self.journal)
        self.replay = Replay(self.journal, store, {UNKEPT: self.dialogue.from_journal})
        self.conversation: str | None = None

    def say(self, text: str) -> Answer:
        answer = self.dialogue.answer(self.conversation, Said("speech", text), self.now, "", "racks")
        self.conversation = answer.conversation
        return answer

    def count(self, table: object) -> int:
        with self.store.database.transaction() as connection:
            return int(connection.execute(select(func.count()).select_from(table)).scalar_one())  # type: ignore[arg-type]

    def alert(self) -> tuple[str, str, str, str]:
        """Its level, its kiosk, whose it is, and the words."""
        with self.store.database.transaction() as connection:
            found = select(alerts.c.level, sessions.c.kiosk, sessions.c.person, turns.c.said)
            found = found.join(sessions, alerts.c.session == sessions.c.id)
            found = found.join(turns, alerts.c.turn == turns.c.id)
            level, kiosk, person, said = connection.execute(found).one()
            return str(level), str(kiosk), str(person), str(said)


@pytest.fixture
def kiosk(versions: Versions, database_url: str, tmp_path: Path) -> Iterator[Kiosk]:
    kiosk: Kiosk
    store = Store(database_url, KEYS, lambda: kiosk.now)
    kiosk = Kiosk(versions, store, tmp_path / "journal")
    yield kiosk
    store.database.close()


def test_an_emergency_is_answered_at_once_and_staff_are_told_later_and_once(
    kiosk: Kiosk, outage: Outage
) -> None:
    with outage():
        answer = kiosk.say(WORDS)
        assert answer.level == Level.EMERGENCY
        assert "911" in answer.replies[0]
        # Nobody can have told them yet.
        assert "staff" not in " ".join(answer.replies)
        assert not kiosk.replay.look()
    kiosk.now += 600
    [name] = kiosk.journal.waiting()
    kiosk.dialogue.from_journal(kiosk.journal.read(name), kiosk.now)
    assert kiosk.replay.look()
    assert kiosk.alert() == ("emergency", "racks", f"kiosk:{answer.conversation}", WORDS)
    assert kiosk.count(turns) == 1
    assert kiosk.journal.count() == 0


def test_several_of_one_person_are_one_alert(kiosk: Kiosk, outage: Outage) -> None:
    with outage():
        kiosk.say("my leg is weak")
        kiosk.say(WORDS)
        kiosk.say("and I wet myself")
    kiosk.now += 600
    assert kiosk.replay.look()
    assert kiosk.count(turns) == 3
    assert kiosk.alert()[0] == "emergency"


def test_who_must_be_seen_today_or_asks_for_staff_is_told_whom_to_call_and_kept(
    kiosk: Kiosk, outage: Outage, line: Line
) -> None:
    with outage():
        for words in ("my leg is weak", "get me the staff"):
            kiosk.conversation = None
            assert kiosk.say(words).replies == (line.safety_words("voice", "US"),)
    assert kiosk.replay.look()
    assert kiosk.count(alerts) == 2


def test_anything_else_is_not_kept_since_the_person_is_there_to_say_it_again(
    kiosk: Kiosk, outage: Outage
) -> None:
    with outage():
        for words in ("my back is a bit stiff", "yes", ""):
            kiosk.say(words)
    assert kiosk.journal.count() == 0


def test_in_a_conversation_that_goes_on_no_answer_is_taken_for_another_questions(
    kiosk: Kiosk, outage: Outage
) -> None:
    kiosk.say("my back hurts")
    with outage():
        assert kiosk.say("my leg is weak").conversation == kiosk.conversation
    kiosk.now += 5
    assert kiosk.replay.look()
    assert kiosk.count(sessions) == 1
    assert kiosk.alert()[0] == "urgent"
    # The page still shows the question of before.
    kiosk.say("no")
    session = kiosk.store.session(f"kiosk:{kiosk.conversation}", kiosk.now)
    assert session is not None
    assert "denied" not in session.flags.values()


def test_without_a_conversation_it_waits_for_one(kiosk: Kiosk, outage: Outage) -> None:
    with outage():
        kiosk.say(WORDS)
    newest, kiosk.versions.newest = kiosk.versions.newest, None
    assert not kiosk.replay.look()
    kiosk.versions.newest = newest
    assert kiosk.replay.look()
    assert kiosk.count(alerts) == 1


def test_no_words_are_ever_logged(kiosk: Kiosk, outage: Outage, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG", logger="store")
    with outage():
        kiosk.say(f"{WORDS}, my secret")
        kiosk.replay.look()
    kiosk.replay.look()
    assert "secret" not in caplog.text
