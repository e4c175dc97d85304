"""The outbox and its hands on a real database, with Twilio's stand-in behind the real client."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import insert, select, update
from werkzeug.datastructures import MultiDict

from desk.worker import Worker
from flows.versions import Versions
from settings import Settings
from sms.answering import UNKEPT, Answering
from sms.late import LateMessages
from sms.limits import Limits
from sms.outbox import Outbox
from sms.reconcile import Reconcile
from sms.sender import Sender
from sms.twilio_rest import Twilio
from sms.webhook import sms_blueprint
from store.jobs import schedule
from store.journal import Journal
from store.replay import Replay
from store.store import Store
from store.tables import alerts, jobs, sends, sessions, turns
from tests.keys import KEYS
from tests.sms.phone import Phone
from tests.twilio.standin import ACCOUNT, TOKEN, Pointed, Row, StandIn, stand_in

NOW = 1_790_000_000.0
LINE = "+12025550199"
PERSON = "+12025550123"
SAM = "+12025550111"
PUBLIC_URL = "https://gym.example.com"
EVERY = 300.0
HOURS = 4 * 3600.0


@dataclass
class House:
    """Everything between a row in the outbox and Twilio, with the clock in hand."""

    versions: Versions
    url: str
    now: float = NOW
    store: Store = None  # type: ignore[assignment]
    settings: Settings = field(
        default_factory=lambda: Settings(
            data_dir=Path("unused"),
            public_url=PUBLIC_URL,
            sms_from=LINE,
            twilio_account_sid=ACCOUNT,
            twilio_auth_token=TOKEN,
        )
    )

    def start(self, twilio: StandIn, **limits: int) -> None:
        """The house is there, or there again."""
        self.close()
        self.twilio = twilio
        self.limits = replace(Limits.of(self.settings), **limits)
        self.store = Store(self.url, KEYS, lambda: self.now)
        self.outbox = Outbox(self.limits)
        self.carrier = Twilio(self.settings, Pointed(twilio.base, timeout=0.3))
        self.journal = Journal(self.settings.data_dir / "journal", KEYS)
        self.answering = Answering(self.versions, self.store, "US", self.limits, journal=self.journal)
        sender = Sender(self.store, self.carrier)
        self.late = LateMessages(self.answering, self.outbox, HOURS)
        again = Reconcile(self.store, self.late, self.carrier, every=EVERY)
        self.replay = Replay(self.journal, self.store, {UNKEPT: self.late.from_journal})
        self.worker = Worker(self.store, {"send": sender, "reconcile": again}, standing=("reconcile",))
        app = Flask("test")
        app.register_blueprint(sms_blueprint(self.answering, self.store, self.settings, lambda: self.now))
        self.client = app.test_client()
        self.phone = Phone(self.client, PERSON)

    def close(self) -> None:
        if self.store:
            self.store.database.close()

    def put(self, key: str = "k", *, to: str = PERSON, kind: str = "check_in", **more: Any) -> bool:
        what: dict[str, Any] = {"body": f"How is it now, {key}?"} | more
        with self.store.database.transaction() as connection:
            return self.outbox.put(connection, key=key, kind=kind, to=to, now=self.now, **what)

    def page(self, key: str = "page", **more: Any) -> bool:
        what: dict[str, Any] = {"alert": self.alert(), "contact": "sam", "body": f"Emergency, {key}"} | more
        return self.put(key, to=SAM, kind="page", **what)

    def alert(self, state: str = "open") -> int:
        """An alert in ``state``: one and the same."""
        with self.store.database.transaction() as connection:
            known = connection.execute(select(alerts.c.id)).scalar()
            if known is not None:
                connection.execute(update(alerts).values(state=state))
                return int(known)
            session = {"person": PERSON, "channel": "sms", "level": "emergency", "state": "{}"}
            times = {"started_at": self.now, "last_at": self.now}
            begun = connection.execute(insert(sessions).values(**session, **times).returning(sessions.c.id))
            of = begun.scalar_one()
            turn = {"session": of, "at": self.now, "said": "", "replies": "[]", "trace": "[]"}
            kept = connection.execute(insert(turns).values(**turn).returning(turns.c.id)).scalar_one()
            row = {"turn": kept, "session": of, "at": self.now, "level": "emergency", "flags": "[]"}
            made = insert(alerts).values(**row, state=state, code="4821").returning(alerts.c.id)
            return int(connection.execute(made).scalar_one())

    def work(self, seconds: float = 0.0) -> None:
        """Does what is due, and what becomes due within ``seconds``, but climbs no ladder."""
        end = self.now + seconds
        while True:
            while self.worker.work():
                pass
            if self.now >= end:
                return
            self.now = min(self.now + 10, end)

    def row(self, key: str = "k") -> Any:
        with self.store.database.transaction() as connection:
            return connection.execute(select(sends).where(sends.c.key == key)).one()

    def woken(self) -> list[str]:
        """Why the alert's ladder was woken."""
        with self.store.database.transaction() as connection:
            kinds = select(jobs.c.key).where(jobs.c.kind == "escalate").order_by(jobs.c.id)
            return [key.split(":", 2)[2] for key in connection.execute(kinds).scalars()]

    def news(self, row: Row, status: str, error: int | None = None) -> int:
        """Twilio's callback about ``row`` is delivered; the answer's status."""
        url, fields, signed = self.twilio.news(row, status, error)
        posted = self.client.post(
            url.removeprefix(PUBLIC_URL), data=MultiDict(fields), headers={"X-Twilio-Signature": signed}
        )
        return posted.status_code

    def reconcile(self) -> None:
        """The standing job, now."""
        with self.store.database.transaction() as connection:
            schedule(connection, key="reconcile", kind="reconcile", due=self.now)
            connection.execute(update(jobs).where(jobs.c.key == "reconcile").values(due=self.now))
        self.work()


@pytest.fixture
def house(versions: Versions, database_url: str, tmp_path: Path) -> Iterator[House]:
    house = House(versions, database_url)
    house.settings = replace(house.settings, data_dir=tmp_path)
    with stand_in(lambda: house.now) as twilio:
        house.start(twilio)
        yield house
        house.close()
