"""Everything that can be set from outside, in one place: environment variables and nothing else."""

# ruff: noqa: RUF009  (`_setting` is `dataclasses.field` with the variable's name beside the default)

import difflib
import os
import re
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import phonenumbers

from logs import start_log
from voice.synthesiser import FASTEST, RATE, SLOWEST

PROJECT = Path(__file__).resolve().parent


# The wake phrases that come with the packages, and none at all.
WAKE_WORDS = ("okay nabu", "hey jarvis", "hey mycroft", "alexa", "off")


class SettingsError(ValueError):
    """Settings that cannot be used. The text has one line for each, with how to mend it."""


def _setting(name: str, doc: str, read: Callable[[str], Any], default: Any, *, secret: bool = False) -> Any:
    return field(default=default, repr=not secret, metadata={"name": name, "doc": doc, "read": read})


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 0 < int(text) < 65536):
        raise ValueError("use a port number from 1 to 65535, such as 8000")
    return int(text)


def _count(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 0 < int(text) < 10**9):
        raise ValueError("use a whole number from 1 up")
    return int(text)


def _public_url(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise ValueError("use the address that Twilio calls, such as https://gym.example.com")
    return text.rstrip("/")


def _country(text: str) -> str:
    if text.upper() not in phonenumbers.SUPPORTED_REGIONS:
        raise ValueError("use a country's two letters, such as US, GB or DE")
    return text.upper()


def _path(text: str) -> Path:
    return PROJECT / Path(text).expanduser()


def _directory(text: str) -> Path:
    path = _path(text)
    if not path.is_dir():
        raise ValueError("there is no such directory; check the path or leave the setting out")
    return path


def _switch(text: str) -> bool:
    if text.lower() not in ("on", "off"):
        raise ValueError("use on or off")
    return text.lower() == "on"


def _wake_word(text: str) -> str:
    if text.lower() not in WAKE_WORDS:
        raise ValueError(f"use one of: {', '.join(WAKE_WORDS)}; or leave it out")
    return text.lower()


def _voice(text: str) -> str:
    if not re.fullmatch(r"espeak(\+(m[1-8]|f[1-5]))?", text):
        raise ValueError("use espeak, or espeak+m1 to espeak+m8 and espeak+f1 to espeak+f5 for others of it")
    return text


def _speed(text: str) -> int:
    if not (text.isascii() and text.isdigit() and SLOWEST <= int(text) <= FASTEST):
        raise ValueError(f"use words a minute from {SLOWEST} to {FASTEST}, such as {RATE}")
    return int(text)


def _secret_key(text: str) -> str:
    if len(text) < 32:
        raise ValueError("use 32 characters or more, such as what `openssl rand -hex 32` prints")
    return text


def _account(text: str) -> str:
    if not re.fullmatch(r"AC[0-9a-fA-F]{32}", text):
        raise ValueError("use the account SID from the Twilio console: AC and 32 more characters")
    return text


def _sender(text: str) -> str:
    if not re.fullmatch(r"(whatsapp:)?\+[1-9]\d{6,14}|MG[0-9a-fA-F]{32}|\d{3,8}", text):
        raise ValueError("use a number such as +15551234567, or a Messaging Service SID (MG...)")
    return text


def _database(text: str) -> str:
    if not text.startswith(("sqlite:///", "postgresql://")):
        raise ValueError(
            "use an SQLite file, such as sqlite:////srv/spotter/spotter.db, or a PostgreSQL server, such as "
            "postgresql://spotter:secret@db.example.com/spotter"
        )
    return text


@dataclass(frozen=True)
class Settings:
    """What the server was told. `from_environment` reads it; every field names its variable."""

    port: int = _setting("PORT", "the port the server listens on", _port, 8000)
    host: str = _setting("SPOTTER_HOST", "the address it listens on", str, "127.0.0.1")
    public_url: str = _setting(
        "SPOTTER_PUBLIC_URL", "the public base URL, exactly as Twilio calls it", _public_url, ""
    )
    country: str = _setting(
        "SPOTTER_COUNTRY", "country of the kiosk, and of senders whose number names none", _country, "US"
    )
    data_dir: Path = _setting(
        "SPOTTER_DATA_DIR",
        "where the database, versions of the conversation, spoken replies and fetched models are kept",
        _path,
        PROJECT / "var",
    )
    vosk_model: Path | None = _setting(
        "SPOTTER_VOSK_MODEL", "directory of a Vosk model; then Vosk recognises speech", _directory, None
    )
    wake_word: str = _setting(
        "SPOTTER_WAKE_WORD",
        "what wakes the kiosk: okay nabu, hey jarvis, hey mycroft, alexa, or off",
        _wake_word,
        "",
    )
    voice: str = _setting("SPOTTER_VOICE", "which voice speaks", _voice, "espeak")
    speed: int = _setting("SPOTTER_SPEED", "how fast it speaks, in words a minute", _speed, RATE)
    kiosk_token: str = _setting(
        "SPOTTER_KIOSK_TOKEN",
        "the token that a kiosk without a browser sends to its server",
        str,
        "",
        secret=True,
    )
    secret_key: str = _setting(
        "SPOTTER_SECRET_KEY",
        "what the desk's cookies are signed with; without it, one is made and kept in SPOTTER_DATA_DIR",
        _secret_key,
        "",
        secret=True,
    )
    flow: Path = _setting(
        "SPOTTER_FLOW", "directory of the conversation", _directory, PROJECT / "flows" / "back_pain"
    )
    sms_from: str = _setting(
        "SPOTTER_SMS_FROM",
        "number or Messaging Service SID that texts and pages come from; only a number can also call",
        _sender,
        "",
    )
    roster: Path = _setting(
        "SPOTTER_ROSTER", "the file that says who of the staff is told of alerts", _path, None
    )
    texts_per_number: int = _setting(
        "SPOTTER_TEXTS_PER_NUMBER",
        "texts to one number within 24 hours, answers included; pages to staff are never held back",
        _count,
        100,
    )
    texts_per_day: int = _setting(
        "SPOTTER_TEXTS_PER_DAY",
        "texts to all within 24 hours, answers included; above it only answers and pages go out",
        _count,
        5000,
    )
    loop_turns: int = _setting(
        "SPOTTER_LOOP_TURNS",
        "this many texts from a number in SPOTTER_LOOP_MINUTES are a robot's",
        _count,
        40,
    )
    loop_minutes: int = _setting(
        "SPOTTER_LOOP_MINUTES", "a robot is told whom to call, then not answered for so long", _count, 10
    )
    reconcile_minutes: int = _setting(
        "SPOTTER_RECONCILE_MINUTES",
        "how often texts that did not reach us are fetched from Twilio",
        _count,
        5,
    )
    answer_hours: int = _setting(
        "SPOTTER_ANSWER_HOURS", "a fetched text that is older gets no answer, but staff are told", _count, 4
    )
    worker: bool = _setting(
        "SPOTTER_WORKER", "on or off: whether this server also does what is due later", _switch, True
    )
    twilio_account_sid: str = _setting("TWILIO_ACCOUNT_SID", "from the Twilio console", _account, "")
    twilio_auth_token: str = _setting("TWILIO_AUTH_TOKEN", "from the Twilio console", str, "", secret=True)
    database_url: str = _setting(
        "DATABASE_URL",
        "where conversations are kept: an SQLite file, or a PostgreSQL server that several machines share",
        _database,
        "",
        secret=True,
    )

    def __post_init__(self) -> None:
        if not self.roster:
            object.__setattr__(self, "roster", self.data_dir / "roster.yaml")
        if not self.database_url:
            object.__setattr__(self, "database_url", f"sqlite:///{self.data_dir / 'spotter.db'}")

    def versions_of(self, flow: Path) -> Path:
        """Where the versions of the conversation in the directory ``flow`` are kept."""
        return self.data_dir / "flows" / flow.resolve().name

    @property
    def pid_file(self) -> Path:
        """Holds the number of the server's process, for ``kill -HUP``."""
        return self.data_dir / "server.pid"

    def missing(self, names: Iterable[str]) -> list[str]:
        """Those of the variables ``names`` that were not given and have no default."""
        given = {one.metadata["name"]: getattr(self, one.name) for one in fields(self)}
        return [name for name in names if not given[name]]

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> "Settings":
        """The settings in ``environ``; an empty variable counts as not given.

        Raises `SettingsError`, naming every unusable value and every ``SPOTTER_`` name that is not a
        setting.
        """
        values: dict[str, Any] = {}
        wrong: list[str] = []
        for one in fields(cls):
            name, text = one.metadata["name"], environ.get(one.metadata["name"], "").strip()
            try:
                if text:
                    values[one.name] = one.metadata["read"](text)
            except ValueError as error:
                shown = "" if not one.repr else f" is {text!r}"
                wrong.append(f"{name}{shown}: {error}.")
        ours = sorted(name for name in environ if name.startswith("SPOTTER_"))
        wrong += [_unknown(name) for name in ours if name not in NAMES]
        if wrong:
            raise SettingsError("\n".join(wrong))
        return cls(**values)


NAMES = tuple(str(one.metadata["name"]) for one in fields(Settings))


def _unknown(name: str) -> str:
    def likeness(known: str) -> float:
        return difflib.SequenceMatcher(None, name[8:], known.removeprefix("SPOTTER_")).ratio()

    return f"{name} is not a setting of Spotter. Did you mean {max(NAMES, key=likeness)}?"


def settings_at_start() -> Settings:
    """The settings of a process that begins, and its log set up. Ends it with 2 when they cannot be used."""
    start_log()
    try:
        return Settings.from_environment(os.environ)
    except SettingsError as error:
        print(error, file=sys.stderr)
        sys.exit(2)
