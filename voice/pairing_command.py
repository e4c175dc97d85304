"""``python -m voice pair``, ``unpair`` and ``kiosks``: which kiosks may connect from elsewhere."""

import argparse
import time
from typing import Any

from settings import Settings
from store.kiosks import Kiosk
from store.store import Store
from voice.pairing import Pairing
from voice.requests import KIOSK


def _name(text: str) -> str:
    if not KIOSK.fullmatch(text):
        raise argparse.ArgumentTypeError("use small letters, digits, - and _, such as rack-3")
    return text


def add_pairing(commands: Any) -> None:
    """Gives the parser's ``commands`` the three of pairing."""
    pair = commands.add_parser("pair", help="let a kiosk connect from elsewhere; an older token ends")
    pair.add_argument("name", type=_name, metavar="NAME")
    unpair = commands.add_parser("unpair", help="let a kiosk connect no more")
    unpair.add_argument("name", type=_name, metavar="NAME")
    commands.add_parser("kiosks", help="list the kiosks that were paired")


def run_pairing(given: argparse.Namespace, settings: Settings) -> str:
    """What was done, in words. Raises one of `store.database.TROUBLE`."""
    store = Store(settings.database_url, settings.open_keys())
    pairing = Pairing(store)
    try:
        if given.command == "pair":
            return _paired(given.name, pairing.pair(given.name), settings)
        if given.command == "unpair":
            if pairing.unpair(given.name):
                return f"{given.name} may connect no more, and is cut off within a minute."
            return f"No kiosk called {given.name} is paired. `python -m voice kiosks` lists them."
        return "\n".join(map(_line, pairing.all())) or "No kiosk is paired: only this machine may connect."
    finally:
        store.database.close()


def _paired(name: str, token: str, settings: Settings) -> str:
    address = settings.public_url or f"http://localhost:{settings.port}"
    return (
        f"{name} is paired. This is shown once:\n"
        f"  a tablet: open {address}/?kiosk={name}#token={token}\n"
        f"  without a browser: SPOTTER_KIOSK_TOKEN={token} "
        f".venv/bin/python -m voice kiosk --server {address} --kiosk {name}"
    )


def _line(kiosk: Kiosk) -> str:
    seen = "never seen" if kiosk.last_seen is None else f"last seen {_date(kiosk.last_seen)}"
    revoked = "" if kiosk.revoked is None else f", unpaired {_date(kiosk.revoked)}"
    return f"{kiosk.name}: paired {_date(kiosk.created)}, {seen}{revoked}"


def _date(at: float) -> str:
    return time.strftime("%Y-%m-%d %H:%M", time.localtime(at))
