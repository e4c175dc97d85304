"""How the value of a setting is read. Whatever cannot be used is a `ValueError` that says what to write."""

import re
from ipaddress import ip_network
from pathlib import Path
from urllib.parse import urlsplit

import phonenumbers

from flows.levels import Level
from proxies import HERE, Network
from store.keys import read_keys
from voice.synthesiser import FASTEST, RATE, SLOWEST

PROJECT = Path(__file__).resolve().parent

# The wake phrases that come with the packages, and none at all.
WAKE_WORDS = ("okay nabu", "hey jarvis", "hey mycroft", "alexa", "off")

# How many days after their last turn conversations are kept.
KEEP_DAYS = (
    (Level.INFO, 30),
    (Level.MODIFY, 90),
    (Level.STOP_TODAY, 90),
    (Level.SEE_PROVIDER, 180),
    (Level.URGENT, 365),
    (Level.EMERGENCY, 365),
)
_FEWEST_DAYS = 7


def port(text: str) -> int:
    """A port number."""
    if not (text.isascii() and text.isdigit() and 0 < int(text) < 65536):
        raise ValueError("use a port number from 1 to 65535, such as 8000")
    return int(text)


def count(text: str) -> int:
    """A whole number from 1 up."""
    if not (text.isascii() and text.isdigit() and 0 < int(text) < 10**9):
        raise ValueError("use a whole number from 1 up")
    return int(text)


def public_url(text: str) -> str:
    """A web address without a question or a fragment, and without its last slash."""
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise ValueError("use the address that Twilio calls, such as https://gym.example.com")
    return text.rstrip("/")


def proxies(text: str) -> tuple[Network, ...]:
    """This machine, and an address or a network that is not everything."""
    try:
        found = ip_network(text)
    except ValueError:
        found = None
    if found is None or not found.prefixlen:
        raise ValueError("use the proxy's address or network, such as 10.0.0.7 or 172.30.83.0/24")
    return (*HERE, found)


def country(text: str) -> str:
    """A country, as its two letters."""
    if text.upper() not in phonenumbers.SUPPORTED_REGIONS:
        raise ValueError("use a country's two letters, such as US, GB or DE")
    return text.upper()


def path(text: str) -> Path:
    """A path; one that begins nowhere else begins at the project."""
    return PROJECT / Path(text).expanduser()


def file(text: str) -> Path:
    """The path of a file that is there."""
    found = path(text)
    if not found.is_file():
        raise ValueError("there is no such file; check the path or leave the setting out")
    return found


def keep_days(text: str) -> tuple[tuple[Level, int], ...]:
    """Days for levels, such as ``info=30 emergency=365``; those not named keep theirs."""
    days = dict(KEEP_DAYS)
    for one in text.replace(",", " ").split():
        level, _, days_given = one.partition("=")
        try:
            days[Level.from_id(level)] = count(days_given)
        except (KeyError, ValueError):
            levels = ", ".join(each.id for each in Level)
            raise ValueError(
                f"use days for a level, such as info=30 emergency=365; levels are {levels}"
            ) from None
        if days[Level.from_id(level)] < _FEWEST_DAYS:
            raise ValueError(f"use at least {_FEWEST_DAYS} days: until then people are asked how they are")
    return tuple(days.items())


def keys(text: str) -> str:
    """Keys that texts are sealed with, as `store.keys.read_keys` reads them."""
    read_keys(text)
    return text


def directory(text: str) -> Path:
    """The path of a directory that is there."""
    found = path(text)
    if not found.is_dir():
        raise ValueError("there is no such directory; check the path or leave the setting out")
    return found


def switch(text: str) -> bool:
    """``on`` or ``off``."""
    if text.lower() not in ("on", "off"):
        raise ValueError("use on or off")
    return text.lower() == "on"


def wake_word(text: str) -> str:
    """A wake phrase, or ``off``."""
    if text.lower() not in WAKE_WORDS:
        raise ValueError(f"use one of: {', '.join(WAKE_WORDS)}; or leave it out")
    return text.lower()


def voice(text: str) -> str:
    """The name of a voice."""
    if not re.fullmatch(r"piper|espeak(\+(m[1-8]|f[1-5]))?", text):
        raise ValueError("use espeak, espeak+m1 to espeak+m8, espeak+f1 to espeak+f5, or piper (make piper)")
    return text


def speed(text: str) -> int:
    """How fast the voice speaks, in words a minute."""
    if not (text.isascii() and text.isdigit() and SLOWEST <= int(text) <= FASTEST):
        raise ValueError(f"use words a minute from {SLOWEST} to {FASTEST}, such as {RATE}")
    return int(text)


def secret_key(text: str) -> str:
    """A secret that is long enough to sign with."""
    if len(text) < 32:
        raise ValueError("use 32 characters or more, such as what `openssl rand -hex 32` prints")
    return text


def account(text: str) -> str:
    """The SID of a Twilio account."""
    if not re.fullmatch(r"AC[0-9a-fA-F]{32}", text):
        raise ValueError("use the account SID from the Twilio console: AC and 32 more characters")
    return text


def sender(text: str) -> str:
    """A telephone number (E.164), a short code or a Messaging Service's SID."""
    if not re.fullmatch(r"(whatsapp:)?\+[1-9]\d{6,14}|MG[0-9a-fA-F]{32}|\d{3,8}", text):
        raise ValueError("use a number such as +15551234567, or a Messaging Service SID (MG...)")
    return text


def database(text: str) -> str:
    """The address of an SQLite file or a PostgreSQL server."""
    if not text.startswith(("sqlite:///", "postgresql://")):
        raise ValueError(
            "use an SQLite file, such as sqlite:////srv/spotter/spotter.db, or a PostgreSQL server, such as "
            "postgresql://spotter:secret@db.example.com/spotter"
        )
    return text


def in_file(name: str) -> str:
    """The variable that names the file in which the secret ``name`` is, as containers bring theirs."""
    return f"{name}_FILE"


def secret(text: str, file: str, name: str) -> str:
    """The secret as given, or the first line of ``file``. The errors never show it."""
    if not file:
        return text
    if text:
        raise ValueError(f"give either it or {in_file(name)}, not both")
    try:
        found = Path(file).expanduser().read_text(encoding="utf-8").partition("\n")[0].strip()
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "it is not text"
        raise ValueError(f"the file that {in_file(name)} names cannot be read ({why})") from None
    if not found:
        raise ValueError(f"the file that {in_file(name)} names is empty; write the secret on its first line")
    return found
