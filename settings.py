"""Everything that can be set from outside, in one place: environment variables, and files for secrets."""

# ruff: noqa: RUF009  (`_setting` is `dataclasses.field` with the variable's name beside the default)

import difflib
import os
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

import values
from flows.levels import Level
from logs import leave_no_core, start_log
from proxies import HERE, Network
from store.keys import Keys, keys_in, read_keys
from values import PROJECT
from voice.synthesiser import RATE


class SettingsError(ValueError):
    """Settings that cannot be used. The text has one line for each, with how to mend it."""


def _setting(name: str, doc: str, read: Callable[[str], Any], default: Any, *, secret: bool = False) -> Any:
    return field(default=default, repr=not secret, metadata={"name": name, "doc": doc, "read": read})


@dataclass(frozen=True)
class Settings:
    """What the server was told. `from_environment` reads it; every field names its variable."""

    port: int = _setting("PORT", "the port the server listens on", values.port, 8000)
    host: str = _setting("SPOTTER_HOST", "the address it listens on", str, "127.0.0.1")
    public_url: str = _setting(
        "SPOTTER_PUBLIC_URL", "the public base URL, exactly as Twilio calls it", values.public_url, ""
    )
    proxies: tuple[Network, ...] = _setting(
        "SPOTTER_PROXY",
        "address or network of a proxy on another machine, which is believed whom it asks for",
        values.proxies,
        HERE,
    )
    country: str = _setting(
        "SPOTTER_COUNTRY",
        "country of the kiosk, and of senders whose number names none",
        values.country,
        "US",
    )
    data_dir: Path = _setting(
        "SPOTTER_DATA_DIR",
        "where the database, versions of the conversation, spoken replies and fetched models are kept",
        values.path,
        PROJECT / "var",
    )
    vosk_model: Path | None = _setting(
        "SPOTTER_VOSK_MODEL", "directory of a Vosk model; then Vosk recognises speech", values.directory, None
    )
    wake_word: str = _setting(
        "SPOTTER_WAKE_WORD",
        "what wakes the kiosk: okay nabu, hey jarvis, hey mycroft, alexa, or off",
        values.wake_word,
        "",
    )
    voice: str = _setting(
        "SPOTTER_VOICE",
        "which voice speaks: espeak, espeak+f3 and the like, or piper",
        values.voice,
        "espeak",
    )
    speed: int = _setting("SPOTTER_SPEED", "how fast it speaks, in words a minute", values.speed, RATE)
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
        values.secret_key,
        "",
        secret=True,
    )
    flow: Path = _setting(
        "SPOTTER_FLOW", "directory of the conversation", values.directory, PROJECT / "flows" / "back_pain"
    )
    sms_from: str = _setting(
        "SPOTTER_SMS_FROM",
        "number or Messaging Service SID that texts and pages come from; only a number can also call",
        values.sender,
        "",
    )
    roster: Path = _setting(
        "SPOTTER_ROSTER", "the file that says who of the staff is told of alerts", values.path, None
    )
    texts_per_number: int = _setting(
        "SPOTTER_TEXTS_PER_NUMBER",
        "texts to one number within 24 hours, answers included; pages to staff are never held back",
        values.count,
        100,
    )
    texts_per_day: int = _setting(
        "SPOTTER_TEXTS_PER_DAY",
        "texts to all within 24 hours, answers included; above it only answers and pages go out",
        values.count,
        5000,
    )
    loop_turns: int = _setting(
        "SPOTTER_LOOP_TURNS",
        "this many texts from a number in SPOTTER_LOOP_MINUTES are a robot's",
        values.count,
        40,
    )
    loop_minutes: int = _setting(
        "SPOTTER_LOOP_MINUTES",
        "a robot is told whom to call, then not answered for so long",
        values.count,
        10,
    )
    reconcile_minutes: int = _setting(
        "SPOTTER_RECONCILE_MINUTES",
        "how often texts that did not reach us are fetched from Twilio",
        values.count,
        5,
    )
    answer_hours: int = _setting(
        "SPOTTER_ANSWER_HOURS",
        "a fetched text that is older gets no answer, but staff are told",
        values.count,
        4,
    )
    keep_days: tuple[tuple[Level, int], ...] = _setting(
        "SPOTTER_KEEP_DAYS",
        "days that a conversation is kept after its last turn, by level; the others stay as they are",
        values.keep_days,
        values.KEEP_DAYS,
    )
    worker: bool = _setting(
        "SPOTTER_WORKER", "on or off: whether this server also does what is due later", values.switch, True
    )
    twilio_account_sid: str = _setting("TWILIO_ACCOUNT_SID", "from the Twilio console", values.account, "")
    twilio_auth_token: str = _setting("TWILIO_AUTH_TOKEN", "from the Twilio console", str, "", secret=True)
    database_url: str = _setting(
        "DATABASE_URL",
        "where conversations are kept: an SQLite file, or a PostgreSQL server that several machines share",
        values.database,
        "",
        secret=True,
    )
    keys: str = _setting(
        "SPOTTER_KEYS",
        "keys that what people say is encrypted with, the newest first; all machines need the same",
        values.keys,
        "",
        secret=True,
    )
    keys_file: Path = _setting("SPOTTER_KEYS_FILE", "the file that holds them instead", values.file, None)

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
        found: dict[str, Any] = {}
        wrong: list[str] = []
        for one in fields(cls):
            name, text = one.metadata["name"], environ.get(one.metadata["name"], "").strip()
            try:
                if name in SECRETS:
                    text = values.secret(text, environ.get(values.in_file(name), "").strip(), name)
                if text:
                    found[one.name] = one.metadata["read"](text)
            except ValueError as error:
                shown = "" if not one.repr else f" is {text!r}"
                wrong.append(f"{name}{shown}: {error}.")
        known = {*NAMES, *map(values.in_file, SECRETS)}
        ours = sorted(name for name in environ if name.startswith("SPOTTER_"))
        wrong += [_unknown(name) for name in ours if name not in known]
        if wrong:
            raise SettingsError("\n".join(wrong))
        return cls(**found)


NAMES = tuple(str(one.metadata["name"]) for one in fields(Settings))


# Whatever has a setting of its own for its file reads that itself.
SECRETS = tuple(
    str(one.metadata["name"])
    for one in fields(Settings)
    if not one.repr and values.in_file(one.metadata["name"]) not in NAMES
)


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
