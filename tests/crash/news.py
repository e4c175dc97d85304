"""Twilio's callbacks about what it was given to send: in any order, some twice, and each tried but once."""

import random

from werkzeug.datastructures import MultiDict

from tests.crash.post import Post
from tests.crash.watcher import Watcher
from tests.twilio.standin import Row, StandIn

_UNDELIVERED = 0.05


class News(Watcher):
    """Tells what became of each text and call."""

    def __init__(self, twilio: StandIn, post: Post, seed: int) -> None:
        super().__init__(twilio)
        self._post = post
        self._random = random.Random(seed)

    def notice(self, row: Row) -> None:
        self.begin(self._tell, row, self._story(row))

    def _story(self, row: Row) -> list[str]:
        if row.kind == "Calls":
            return [self._random.choice(["completed", "no-answer"])]
        told = ["sent", "undelivered" if self._random.random() < _UNDELIVERED else "delivered"]
        told += self._random.sample(told, self._random.randint(0, 1))
        self._random.shuffle(told)
        return told

    def _tell(self, row: Row, story: list[str]) -> None:
        for status in story:
            url, fields, _ = self.twilio.news(row, status, 30003 if status == "undelivered" else None)
            self._post.deliver(url, MultiDict(fields))
