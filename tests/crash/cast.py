"""The people who text: small conversations that end on every level, held over connections that break."""

import itertools
import random
import time
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field

from tests.crash.post import Post
from tests.sms.phone import PUBLIC_URL, Answer, fields_of
from tests.twilio.standin import Row, StandIn

LINE = "+12025550199"


class Asked(str):
    """Stands in a script where somebody waits for a text of ours with these words."""


AGAIN, AFTER = Asked("How is your back now"), Asked("How is it today")

# What they text on the first day, and after one day and three: who is told to stop or to go lighter is asked.
SCRIPTS = (
    (("I can't feel between my legs and I wet myself", "ok thanks"),),
    (("I think I broke my back falling off the rack", "yes", "none"),),
    (("it hurts a lot and shoots down my leg", "none", "one"),),
    # It gets worse: the staff are paged again.
    (("it hurts a lot and shoots down my leg", "none", "now I can't pee"),),
    (("my back has hurt for three weeks", "none", "no"),),
    (
        ("my lower back is tight after deadlifts", "none", "no", "2", AGAIN, "gone"),
        (AFTER, "better"),
        (AFTER,),
    ),
    (("my lower back is tight after deadlifts", "none", "no", "4", AGAIN, "same"), (), (AFTER, "same")),
    # A new advice takes the place of the old check-ins.
    (("my lower back is tight", "none", "no", "3", AGAIN, "same"), (AFTER, "worse", "none", "no")),
    (("my back cramped up on squats", "none", "no", "5", AGAIN, "worse"),),
    (("bad chest pain and my back hurts too",),),
    (("I fell from the rig and now both legs are numb", "help"),),
)

_THREADS = 150
# A person takes some seconds of their time, which is quick here, to read and to type.
_READING = (0.2, 0.6)
# When a text is delivered again whose webhook broke: soon, or after the line may have fetched it by itself.
_SOON = (0.05, 0.5)
_FETCHED = (6.0, 16.0)
_GIVE_UP_SECONDS = 300.0


@dataclass(eq=False)
class Message:
    """A text that somebody sent, Twilio's ``row`` of it, and every answer that its webhooks got."""

    row: Row
    answers: list[list[str]] = field(default_factory=list)


@dataclass(eq=False)
class Person:
    """Somebody at ``number`` with a script for each day; ``sent`` is what they texted until now."""

    number: str
    script: tuple[tuple[str, ...], ...]
    dice: random.Random
    sent: list[Message] = field(default_factory=list)


class Cast:
    """People who come one after the other as long as they are `invited <invite>`, many at the same time."""

    def __init__(self, twilio: StandIn, post: Post, safety: str) -> None:
        self.people: list[Person] = []
        self._twilio, self._post, self._safety = twilio, post, safety
        self._pool = ThreadPoolExecutor(_THREADS, "person")
        self._begun: list[Future[None]] = []
        self._numbers = itertools.count(1000)

    def invite(self, count: int) -> None:
        """So many new people begin to text."""
        for number in itertools.islice(self._numbers, count):
            script = SCRIPTS[number % len(SCRIPTS)]
            person = Person(f"+1202555{number}", script, random.Random(number))
            self.people.append(person)
            self._begun.append(self._pool.submit(self._live, person, 0))

    def wake(self, day: int) -> None:
        """The next day comes that has a part in the scripts."""
        for person in self.people:
            if day < len(person.script):
                self._begun.append(self._pool.submit(self._live, person, day))

    def wait(self) -> None:
        """Until everybody has said what they had to say. Raises what went wrong with any of them."""
        for one in self._begun:
            one.result()

    def close(self) -> None:
        """Nobody begins anything any more."""
        self._pool.shutdown(cancel_futures=True)

    def _live(self, person: Person, day: int) -> None:
        since = self._twilio.clock()
        for said in person.script[day]:
            if isinstance(said, Asked):
                assert self._asked(person, said, since), f"{person.number} was not asked: {said}?"
            time.sleep(person.dice.uniform(*_READING))
            if not isinstance(said, Asked):
                self._say(person, said)

    def _say(self, person: Person, said: str) -> None:
        """Texts it, again and again until there is an answer; sometimes again although there is one."""
        message = Message(self._twilio.text_in(person.number, said, LINE))
        person.sent.append(message)
        give_up = time.monotonic() + _GIVE_UP_SECONDS
        while not self._deliver(message):
            if time.monotonic() > give_up:
                raise AssertionError(f"{message.row.sid} got no answer")
            lazy = person.dice.random() < 0.2
            time.sleep(person.dice.uniform(*(_FETCHED if lazy else _SOON)))
        if person.dice.random() < 0.1:
            self._deliver(message)

    def _deliver(self, message: Message) -> bool:
        """Twilio calls the webhook: whether it was answered, and not only told whom to call."""
        row = message.row
        fields = fields_of(row.sender, row.body, MessageSid=row.sid, SmsSid=row.sid, SmsMessageSid=row.sid)
        answer: Answer | None = self._post.deliver(f"{PUBLIC_URL}/sms", fields)
        if answer is None:
            return False
        assert answer.status == 200, answer
        if answer.texts == [self._safety]:
            return False
        message.answers.append(answer.texts)
        return True

    def _asked(self, person: Person, words: str, since: float) -> bool:
        """Whether the question that was promised reaches the phone."""
        give_up = time.monotonic() + _GIVE_UP_SECONDS
        while time.monotonic() < give_up:
            if any(words in one.body and one.at > since for one in self._twilio.sent(person.number)):
                return True
            time.sleep(0.5)
        return False
