"""How many texts a second one worker hands to the carrier."""

import time
from dataclasses import dataclass

from sqlalchemy import func, select

from bench.carrier import SECONDS
from bench.serving import running
from settings import Settings
from sms.limits import Limits
from sms.outbox import Outbox
from store.store import Store
from store.tables import sends

_COUNT = 100
_PATIENCE_SECONDS = 120.0


@dataclass(frozen=True)
class Sent:
    """So many ``per_second``."""

    urgent: bool
    per_second: float

    def __str__(self) -> str:
        what = "pages" if self.urgent else "other texts"
        return f"one worker hands over {self.per_second:.0f} {what} a second, {SECONDS * 1000:.0f} ms each"


def sends_a_second(environ: dict[str, str], *, urgent: bool) -> Sent:
    """Puts texts or pages into the outbox of the house, then lets one worker at them."""
    settings = Settings.from_environment(environ)
    store = Store(settings.database_url, settings.open_keys())
    outbox = Outbox(Limits.of(settings))
    kind, name = ("page", "pages") if urgent else ("notice", "texts")
    with store.database.transaction() as connection:
        for number in range(_COUNT):
            to, key = f"+1404200{number:04d}", f"bench:{name}:{number}"
            outbox.put(connection, key=key, kind=kind, to=to, body="How is your back?", now=store.now())
    before = _sent(store)
    with running(["bench.carrier", "work"], environ):
        first = _wait_for(store, before + 1)
        begun = time.perf_counter()
        last = _wait_for(store, before + _COUNT)
        took = time.perf_counter() - begun
    store.database.close()
    return Sent(urgent, (last - first) / took)


def _wait_for(store: Store, count: int) -> int:
    give_up = time.monotonic() + _PATIENCE_SECONDS
    while (found := _sent(store)) < count:
        if time.monotonic() > give_up:
            raise SystemExit("the worker does not send")
        time.sleep(0.05)
    return found


def _sent(store: Store) -> int:
    with store.database.transaction() as connection:
        sent = select(func.count()).select_from(sends).where(sends.c.state == "sent")
        return int(connection.execute(sent).scalar_one())
