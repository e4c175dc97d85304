"""Twilio's way to us: signed webhooks over HTTP, to whichever server answers."""

import http.client
import random
import threading
from collections.abc import Sequence
from urllib.parse import urlencode

from werkzeug.datastructures import MultiDict

from tests.sms.phone import PUBLIC_URL, Answer, signature

# So long Twilio waits for an answer.
_PATIENCE_SECONDS = 15.0


class Post:
    """Delivers to one of the servers at ``ports``. Counts what it delivers, and what broke on the way."""

    def __init__(self, ports: Sequence[int], seed: int) -> None:
        self._ports = ports
        self._random = random.Random(seed)
        self._counting = threading.Lock()
        self.delivered = self.broken = 0

    def deliver(self, url: str, fields: MultiDict[str, str]) -> Answer | None:
        """The answer to a webhook for the public address ``url``; ``None`` when the connection broke."""
        body = urlencode(list(fields.items(multi=True)))
        headers = {"X-Twilio-Signature": signature(url, fields)}
        headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection = http.client.HTTPConnection(
            "127.0.0.1", self._random.choice(self._ports), timeout=_PATIENCE_SECONDS
        )
        try:
            connection.request("POST", url.removeprefix(PUBLIC_URL), body, headers)
            response = connection.getresponse()
            answer = Answer(response.status, response.read().decode())
        except (OSError, http.client.HTTPException):
            self._count(broken=True)
            return None
        finally:
            connection.close()
        self._count(broken=False)
        return answer

    def _count(self, *, broken: bool) -> None:
        with self._counting:
            if broken:
                self.broken += 1
            else:
                self.delivered += 1
