"""Twilio for measurements: takes every text and call, and its time for it. Run: ``python -m bench.carrier``

It prints its address. The tests' stand-in does the work, a process of its own; `at_the_stand_in` points the
real client's network there.
"""

import os
import signal
import sys
import time
from typing import Any

from twilio.http.http_client import TwilioHttpClient

from desk.work import work
from settings import Settings
from tests.twilio.standin import StandIn

ADDRESS = "BENCH_CARRIER"
# As long as Twilio takes from afar.
SECONDS = 0.15


class Unhurried(StandIn):
    """Takes its time for each text and call."""

    def accept(self, kind: Any, posted: dict[str, str]) -> tuple[int, Any]:
        time.sleep(SECONDS)
        return super().accept(kind, posted)


def at_the_stand_in() -> None:
    """From now on, this process reaches the stand-in whose address is in the environment."""
    base, request = os.environ[ADDRESS], TwilioHttpClient.request

    def pointed(client: TwilioHttpClient, method: str, url: str, *args: Any, **more: Any) -> Any:
        return request(client, method, url.replace("https://api.twilio.com", base), *args, **more)

    TwilioHttpClient.request = pointed


if __name__ == "__main__":
    if sys.argv[1:] == ["work"]:
        at_the_stand_in()
        work(Settings.from_environment(os.environ))
    else:
        twilio = Unhurried(time.time)
        print(twilio.base, flush=True)
        signal.pause()
