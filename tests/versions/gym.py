"""A gym whose conversation is edited while people are in it, by text and at the kiosk."""

import itertools
import re
import shutil
from pathlib import Path

from sqlalchemy import select

from desk.time_outs import TimeOuts
from desk.worker import Worker
from flows.line import BACK_PAIN, Line, load_line
from flows.loader import load_flow
from flows.published import Published
from flows.session import Channel, Session
from flows.versions import Versions
from settings import Settings
from sms.answering import Answering
from sms.limits import Limits
from sms.message import Message
from sms.outbox import Outbox
from store.store import Store
from store.tables import sends
from tests.keys import KEYS
from voice.dialogue import Dialogue
from voice.exchange import Said

LIMITS = Limits.of(Settings())
START = 1_790_000_000.0
# What brings somebody without any flag to each question, by text and by voice.
ANSWERS = {"describe": "my lower back hurts", "pain_score": "4", "onset_kind": "dull"}

_numbers = itertools.count(2025550100)


class Gym:
    """The real rooms on a real database, with the flow's folder and the clock in the test's hand."""

    def __init__(self, place: Path) -> None:
        self.flow = Path(
            shutil.copytree(BACK_PAIN, place / "back_pain", ignore=shutil.ignore_patterns("es", "es.yaml"))
        )
        self.copies = Published(place / "flows")
        self.store = Store(f"sqlite:///{place / 'spotter.db'}", KEYS, lambda: self.now)
        self.now = START
        self.start()

    def start(self) -> None:
        """The server's process begins, or begins anew; `load` is the next thing that it does."""
        self.versions = Versions(self.flow, self.copies)
        self.worker = Worker(self.store, {"time_out": TimeOuts(self.versions, self.store, Outbox(LIMITS))})

    def load(self) -> Line:
        """What the server does at the start and on SIGHUP."""
        self.versions.load(self.store.versions_in_use(self.now))
        assert self.versions.newest is not None
        return self.versions.newest

    def edit(self, file: str, *changes: tuple[str, str]) -> None:
        path = self.flow / file
        text = path.read_text()
        for old, new in changes:
            assert old in text, old
            text = text.replace(old, new)
        path.write_text(text)

    def rename(self, old: str, new: str) -> None:
        """A step under another name, with its wording."""
        for file, found in (("flow.yaml", rf"\b{old}\b"), ("wording/en.yaml", rf"(?m)^{old}(?=:)")):
            path = self.flow / file
            path.write_text(re.sub(found, new, path.read_text()))

    def publish(self, version: str, *words: tuple[str, str]) -> str:
        """The flow with other words under another number, as the command publishes it; its name."""
        self.edit("flow.yaml", (f'version: "{self.flow_version}"', f'version: "{version}"'))
        self.edit("wording/en.yaml", *words)
        line = load_line(self.flow)
        self.copies.keep(self.flow, line)
        self.copies.publish(line.version)
        return line.version

    @property
    def flow_version(self) -> str:
        return load_flow(self.flow).version

    def forget(self) -> None:
        """No version is kept any more, and the server starts anew with what is in the folder."""
        shutil.rmtree(self.copies.folder, ignore_errors=True)
        self.start()
        self.load()

    def close(self) -> None:
        self.store.database.close()


class Person:
    """Somebody in the conversation, on one of the two channels."""

    def __init__(self, gym: Gym, channel: Channel) -> None:
        self.gym, self.channel = gym, channel
        self.number = f"+1{next(_numbers)}"
        self.conversation: str | None = None

    def say(self, text: str) -> str:
        """What comes back, all in one."""
        self.gym.now += 5
        if self.channel == "sms":
            answering = Answering(self.gym.versions, self.gym.store, "US", LIMITS)
            return " ".join(answering.answer(Message(None, self.number, text, 0, ""), self.gym.now))
        return self._at_the_kiosk(Said("text", text))

    def wait(self) -> str:
        """The pause goes by: the worker texts, or the kiosk's page says that it is over."""
        self.gym.now = max(self.gym.now, self.session.due)
        if self.channel == "voice":
            return self._at_the_kiosk(Said("timed_out"))
        while self.gym.worker.work():
            pass
        put_down = select(sends.c.body).where(sends.c.recipient == self.number).order_by(sends.c.id)
        with self.gym.store.database.transaction() as connection:
            return " ".join(connection.execute(put_down).scalars())

    def come_to(self, step: str) -> str:
        """Goes through the conversation to the question ``step``; gives the last reply."""
        reply = self.say("hello")
        while self.session.step != step:
            assert not self.session.done, f"{step} was never asked"
            reply = self.say(ANSWERS.get(self.session.step, "none" if self.channel == "sms" else "no"))
        return reply

    @property
    def session(self) -> Session:
        who = self.number if self.channel == "sms" else f"kiosk:{self.conversation}"
        session = self.gym.store.session(who, self.gym.now)
        assert session is not None
        return session

    def _at_the_kiosk(self, said: Said) -> str:
        answer = Dialogue(self.gym.versions, self.gym.store, "US").answer(
            self.conversation, said, self.gym.now
        )
        self.conversation = answer.conversation
        return " ".join(answer.replies)
