"""How often a client may ask for what; above that it is told to wait (429). Never Twilio, never this machine.

A webhook is only ever checked, and refused in a millisecond when it is not Twilio's: who told Twilio to wait
would lose a text.
"""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from flask import Flask, Request, jsonify, request
from werkzeug.exceptions import TooManyRequests

from proxies import HERE, Network, is_in, speaks_for

_WEBHOOKS = ("sms", "call")
# More clients than a gym has; the one that was away longest is forgotten.
_MOST_CLIENTS = 5000
# All clients together may ask so many times as often as one: an address is easily had.
_TOGETHER = 10


@dataclass(frozen=True)
class Rate:
    """So many requests a minute in the long run, and so many at once."""

    a_minute: int
    at_once: int


# By blueprint or route. A turn costs more than anything else; a page at its start asks for some fifty files.
RATES = {"voice.turn": Rate(120, 40), "voice": Rate(300, 100), "page": Rate(600, 300)}
OTHERS = Rate(300, 100)
# Each try to sign in takes 64 MB and a core for a while. All together have as many as for other pages: who
# has many addresses is not to keep staff out.
SIGN_IN = Rate(10, 10)
# No form, no JSON of ours is larger. Routes that take sound say so themselves.
LARGEST_REQUEST = 64 * 1024


class Rates:
    """Counts who asked for what."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._one_at_a_time = threading.Lock()
        # What is left to a client for a route, and when that was so.
        self._left: OrderedDict[tuple[str, str], tuple[float, float]] = OrderedDict()

    def wait(self, client: str, route: str, rate: Rate) -> float:
        """Takes one request of ``client`` for ``route``; 0, or how long it is to wait instead (s)."""
        with self._one_at_a_time:
            now = self._clock()
            left, then = self._left.pop((client, route), (float(rate.at_once), now))
            left = min(rate.at_once, left + (now - then) * rate.a_minute / 60)
            seconds = 0.0 if left >= 1 else (1 - left) * 60 / rate.a_minute
            self._left[client, route] = (left if seconds else left - 1, now)
            if len(self._left) > _MOST_CLIENTS:
                self._left.popitem(last=False)
            return seconds


def client_of(asked: Request, proxies: Sequence[Network]) -> str:
    """The address of whoever asks, also through one of ``proxies``; ``""`` for this machine itself."""
    peer = asked.remote_addr or ""
    forwarded = asked.headers.get("X-Forwarded-For", "")
    if is_in(HERE, peer) and not forwarded and not asked.headers.get("Forwarded"):
        return ""
    return speaks_for(peer, forwarded, proxies)


def keep_rates(
    app: Flask, number: str, proxies: Sequence[Network] = HERE, rates: Rates | None = None
) -> None:
    """From now on every route of ``app`` but the webhooks has a rate, and each has a largest body.

    ``number`` is the emergency number that is named to whoever must wait.
    """
    counted = rates or Rates()
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_REQUEST
    app.config["MAX_FORM_MEMORY_SIZE"] = LARGEST_REQUEST
    app.config["MAX_FORM_PARTS"] = 50

    @app.before_request
    def hold_back() -> None:
        if request.blueprint in _WEBHOOKS or not (client := client_of(request, proxies)):
            return
        route = request.endpoint if request.endpoint in RATES else request.blueprint or ""
        rate = RATES.get(str(route), OTHERS)
        together = Rate(rate.a_minute * _TOGETHER, rate.at_once * _TOGETHER)
        trying = request.endpoint == "doors.sign_in" and request.method == "POST"
        seconds = counted.wait(client, "sign in", SIGN_IN) if trying else 0.0
        seconds = seconds or counted.wait(client, str(route), rate)
        seconds = seconds or counted.wait("", str(route), together)
        if not seconds:
            return
        told = f"too much at once: wait a moment. In an emergency call {number}"
        response = jsonify({"error": told, "emergency_number": number})
        response.status_code = 429
        response.headers["Retry-After"] = str(int(seconds) + 1)
        # Programs get this answer; a room with pages may have one of its own for people.
        raise TooManyRequests(response=response)
