"""Everything that can be set from outside, in one place: environment variables, and files for secrets."""

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

from flows.levels import Level
from logs import leave_no_core, start_log
from store.keys import Keys, keys_in, read_keys
from voice.synthesiser import FASTEST, RATE, SLOWEST

PROJECT = Path(__file__).resolve().parent


# The wake phrases that come with the packages, and none at all.
WAKE_WORDS = ("okay nabu", "hey jarvis", "hey mycroft", "alexa", "off")


# How many days after their last turn conversations are kept.
_KEEP_DAYS = (
    (Level.INFO, 30),
    (Level.MODIFY, 90),
    (Level.STOP_TODAY, 90),
    (Level.SEE_PROVIDER, 180),
    (Level.URGENT, 365),
    (Level.EMERGENCY, 365),
)
_FEWEST_DAYS = 7


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


def _file(text: str) -> Path:
    path = _path(text)
    if not path.is_file():
        raise ValueError("there is no such file; check the path or leave the setting out")
    return path


def _keep_days(text: str) -> tuple[tuple[Level, int], ...]:
    days = dict(_KEEP_DAYS)
    for one in text.replace(",", " ").split():
        level, _, count = one.partition("=")
        try:
            days[Level.from_id(level)] = _count(count)
        except (KeyError, ValueError):
            levels = ", ".join(each.id for each in Level)
            raise ValueError(
                f"use days for a level, such as info=30 emergency=365; levels are {levels}"
            ) from None
        if days[Level.from_id(level)] < _FEWEST_DAYS:
            raise ValueError(f"use at least {_FEWEST_DAYS} days: until then people are asked how they are")
    return tuple(days.items())


def _keys(text: str) -> str:
    read_keys(text)
    return text


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
    if not re.fullmatch(r"piper|espeak(\+(m[1-8]|f[1-5]))?", text):
        raise ValueError("use espeak, espeak+m1 to espeak+m8, espeak+f1 to espeak+f5, or piper (make piper)")
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
    voice: str = _setting(
        "SPOTTER_VOICE", "which voice speaks: espeak, espeak+f3 and the like, or piper", _voice, "espeak"
    )
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
    keep_days: tuple[tuple[Level, int], ...] = _setting(
        "SPOTTER_KEEP_DAYS",
        "days that a conversation is kept after its last turn, by level; the others stay as they are",
        _keep_days,
        _KEEP_DAYS,
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
    keys: str = _setting(
        "SPOTTER_KEYS",
        "keys that what people say is encrypted with, the newest first; all machines need the same",
        _keys,
        "",
        secret=True,
    )
    keys_file: Path = _setting("SPOTTER_KEYS_FILE", "the file that holds them instead", _file, None)

    def __post_init__(self) -> None:
        if not self.roster:
            object.__setattr__(self, "roster", self.data_dir / "roster.yaml")
        if not self.keys_file:
            object.__setattr__(self, "keys_file", self.data_dir / "keys")
        if not self.database_url:
            object.__setattr__(self, "database_url", f"sqlite:///{self.data_dir / 'spotter.db'}")

    def versions_of(self, flow: Path) -> Path:
        """Where the versions of the conversation in the directory ``flow`` are kept."""
        return self.data_dir / "flows" / flow.resolve().name

    def open_keys(self) -> Keys:
        """The keys, made now in the data directory when there are none. Raises `SettingsError`."""
        if self.keys:
            return read_keys(self.keys)
        try:
            return keys_in(self.keys_file)
        except (OSError, ValueError) as error:
            why = error.strerror if isinstance(error, OSError) else error
            raise SettingsError(f"The keys in {self.keys_file} cannot be used: {why}.") from None

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

        A secret is in the file that the variable named `in_file` names, where that is given instead. Raises
        `SettingsError`, naming every unusable value and every ``SPOTTER_`` name that is not a setting.
        """
        values: dict[str, Any] = {}
        wrong: list[str] = []
        for one in fields(cls):
            name, text = one.metadata["name"], environ.get(one.metadata["name"], "").strip()
            try:
                if name in SECRETS:
                    text = _secret(text, environ.get(in_file(name), "").strip(), name)
                if text:
                    values[one.name] = one.metadata["read"](text)
            except ValueError as error:
                shown = "" if not one.repr else f" is {text!r}"
                wrong.append(f"{name}{shown}: {error}.")
        known = {*NAMES, *map(in_file, SECRETS)}
        ours = sorted(name for name in environ if name.startswith("SPOTTER_"))
        wrong += [_unknown(name) for name in ours if name not in known]
        if wrong:
            raise SettingsError("\n".join(wrong))
        return cls(**values)


NAMES = tuple(str(one.metadata["name"]) for one in fields(Settings))


def in_file(name: str) -> str:
    """The variable that names the file in which the secret ``name`` is, as containers bring theirs."""
    return f"{name}_FILE"


# Whatever has a setting of its own for its file reads that itself.
SECRETS = tuple(
    str(one.metadata["name"])
    for one in fields(Settings)
    if not one.repr and in_file(one.metadata["name"]) not in NAMES
)


def _secret(text: str, file: str, name: str) -> str:
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


def _unknown(name: str) -> str:
    def likeness(known: str) -> float:
        return difflib.SequenceMatcher(None, name[8:], known.removeprefix("SPOTTER_")).ratio()

    return f"{name} is not a setting of Spotter. Did you mean {max(NAMES, key=likeness)}?"


def settings_at_start() -> Settings:
    """The settings of a process that begins, its keys made and its log set up.

    Ends it with 2 when they cannot be used.
    """
    start_log()
    leave_no_core()
    try:
        settings = Settings.from_environment(os.environ)
        settings.open_keys()
        return settings
    except SettingsError as error:
        print(error, file=sys.stderr)
        sys.exit(2)
