"""Tells open pages of the console that something changed: server-sent events, few of them and short ones."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from flask import Response
from sqlalchemy import Connection, func, select

from flows.levels import Level
from store.database import TROUBLE
from store.store import Store
from store.tables import alerts, sends, turns

# Each open page holds a thread of the server, which has so many more for them.
PAGES = 16
# How often the database is asked, however many pages are open.
_LOOK_SECONDS = 1.0
# A page comes back after so long, and is asked again who it is.
_LONGEST_SECONDS = 240.0
# So often something is sent, to notice a page that has gone.
_BEAT_SECONDS = 10.0


@dataclass(frozen=True)
class News:
    """``mark`` changes whenever a page would; ``alarm`` counts emergencies that nobody has taken."""

    mark: str
    alarm: int


def news(connection: Connection) -> News:
    """What there is to tell now. Every question is answered from an index."""
    columns = (alerts.c.id, alerts.c.state, alerts.c.level, alerts.c.updated)
    rows = connection.execute(select(*columns).where(alerts.c.state.in_(("open", "acknowledged")))).all()
    newest = select(select(func.max(turns.c.id)).scalar_subquery(), func.max(sends.c.id))
    last = connection.execute(newest).one()
    alarm = sum(row.level == Level.EMERGENCY.id and row.state == "open" for row in rows)
    return News(json.dumps([[list(row) for row in rows], list(last)]), alarm)


class Live:
    """The open pages. Safe to use from many threads; ``leaving`` ends them all."""

    def __init__(self, store: Store, leaving: threading.Event, pages: int = PAGES) -> None:
        self._store = store
        self._leaving = leaving
        self._free = threading.BoundedSemaphore(pages)
        self._looking = threading.Lock()
        self._seen: tuple[float, News] = (float("-inf"), News("", 0))

    def stream(self, clock: Callable[[], float] = time.monotonic) -> Response:
        """The events ``news`` of one page, with the alarm's count as data.

        503 when all places are taken: the page then asks again by itself.
        """
        if not self._free.acquire(blocking=False):
            return Response("Too many pages are open. This one looks by itself now and then.\n", 503)
        response = Response(self._events(clock), mimetype="text/event-stream")
        response.headers["X-Accel-Buffering"] = "no"
        response.call_on_close(self._free.release)
        return response

    def look(self) -> News:
        """The news, not older than a second. Raises one of `TROUBLE`."""
        with self._looking:
            at, seen = self._seen
            if time.monotonic() - at >= _LOOK_SECONDS:
                with self._store.database.reading() as connection:
                    seen = news(connection)
                self._seen = (time.monotonic(), seen)
            return seen

    def _events(self, clock: Callable[[], float]) -> Iterator[str]:
        end = clock() + _LONGEST_SECONDS
        before, beat = None, clock()
        yield "retry: 2000\n\n"
        while clock() < end and not self._leaving.is_set():
            try:
                now = self.look()
            except TROUBLE:
                # The page notices that it hears nothing, and says so.
                return
            if now != before:
                yield f"event: news\ndata: {now.alarm}\n\n"
                before, beat = now, clock()
            elif clock() - beat > _BEAT_SECONDS:
                yield "event: beat\ndata:\n\n"
                beat = clock()
            self._leaving.wait(_LOOK_SECONDS)
