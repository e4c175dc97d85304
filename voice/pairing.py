"""Who may talk with this server: kiosks on the same machine, and those that were paired."""

import hashlib
import ipaddress
import logging
import secrets

from flask import Request

from flows.broken import where
from store import kiosks
from store.database import TROUBLE
from store.store import Store
from voice.requests import KIOSK

log = logging.getLogger(__name__)

# To whoever stands at the kiosk, and short enough for the reason that a stream closes with.
NOT_PAIRED = "this kiosk is not paired: run `python -m voice pair NAME` at the server and do as it says"
# A proxy adds one of these, and then the address is the proxy's own.
_FORWARDED = ("Forwarded", "Via", "X-Real-IP", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto")


class Pairing:
    """The kiosks that ``store`` knows."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def pair(self, name: str) -> str:
        """A new token for the kiosk ``name``; an older one counts no more. Raises one of `TROUBLE`."""
        token = secrets.token_urlsafe(24)
        with self._store.database.transaction() as connection:
            kiosks.pair(connection, name, _hash(token), self._store.now())
        return token

    def unpair(self, name: str) -> bool:
        """The token of the kiosk ``name`` counts no more. False without one. Raises one of `TROUBLE`."""
        with self._store.database.transaction() as connection:
            return kiosks.unpair(connection, name, self._store.now())

    def all(self) -> list[kiosks.Kiosk]:
        """Every kiosk that was ever paired. Raises one of `TROUBLE`."""
        with self._store.database.reading() as connection:
            return kiosks.all_kiosks(connection)

    def admits(self, name: str, token: str) -> bool:
        """Whether this is the token of the kiosk ``name``. Never raises.

        While that cannot be looked up, everybody is let in: somebody may need help there, and nothing of
        anybody else's can be read at a kiosk.
        """
        if not token or not KIOSK.fullmatch(name):
            return False
        try:
            with self._store.database.transaction() as connection:
                return kiosks.seen(connection, name, _hash(token), self._store.now())
        except TROUBLE as error:
            log.error("a kiosk's token cannot be looked up: %s", where(error))
            return True


def is_local(request: Request) -> bool:
    """Whether ``request`` comes from this machine itself, and not through a proxy on it."""
    try:
        loopback = ipaddress.ip_address(request.remote_addr or "").is_loopback
    except ValueError:
        return False
    return loopback and not any(name in request.headers for name in _FORWARDED)


def _hash(token: str) -> str:
    """The token is as long as a key, and random: nobody finds it by trying."""
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()
