"""Settings are read once, and a mistake in them is told by name, with the mend."""

import re
from dataclasses import fields
from ipaddress import ip_network
from pathlib import Path

import pytest

from flows.levels import Level
from proxies import HERE
from settings import NAMES, SECRETS, Settings, SettingsError
from tests.keys import KEY
from values import PROJECT, in_file


def refused(**environ: str) -> str:
    with pytest.raises(SettingsError) as caught:
        Settings.from_environment(environ)
    return str(caught.value)


def test_nothing_needs_to_be_set() -> None:
    settings = Settings.from_environment({"HOME": "/somewhere", "PATH": "/bin"})
    assert settings.port == 8000
    assert settings.host == "127.0.0.1"
    assert settings.country == "US"
    assert settings.flow == PROJECT / "flows" / "back_pain"
    assert settings.database_url == f"sqlite:///{PROJECT / 'var' / 'spotter.db'}"
    assert settings.worker


def test_everything_can_be_set(tmp_path: Path) -> None:
    keys_file = tmp_path / "keys"
    keys_file.touch()
    environ = {
        "PORT": "8123",
        "SPOTTER_HOST": "0.0.0.0",
        "SPOTTER_PUBLIC_URL": "https://gym.example.com/spotter/",
        "SPOTTER_PROXY": "10.0.0.7",
        "SPOTTER_COUNTRY": "gb",
        "SPOTTER_DATA_DIR": str(tmp_path / "new"),
        "SPOTTER_VOSK_MODEL": str(tmp_path),
        "SPOTTER_WAKE_WORD": "Hey Jarvis",
        "SPOTTER_VOICE": "espeak+f3",
        "SPOTTER_SPEED": "150",
        "SPOTTER_KIOSK_TOKEN": "a-token",
        "SPOTTER_SECRET_KEY": "k" * 32,
        "SPOTTER_FLOW": str(tmp_path),
        "SPOTTER_SMS_FROM": "MG" + "0" * 32,
        "SPOTTER_WORKER": "OFF",
        "SPOTTER_ROSTER": str(tmp_path / "staff.yaml"),
        "SPOTTER_TEXTS_PER_NUMBER": "20",
        "SPOTTER_TEXTS_PER_DAY": "900",
        "SPOTTER_LOOP_TURNS": "30",
        "SPOTTER_LOOP_MINUTES": "5",
        "SPOTTER_RECONCILE_MINUTES": "3",
        "SPOTTER_ANSWER_HOURS": "2",
        "TWILIO_ACCOUNT_SID": "AC" + "a" * 32,
        "TWILIO_AUTH_TOKEN": "secret",
        "DATABASE_URL": "sqlite:////srv/other.db",
        "SPOTTER_KEYS": KEY,
        "SPOTTER_KEYS_FILE": str(keys_file),
        "SPOTTER_KEEP_DAYS": "info=7, emergency=3650",
    }
    assert set(environ) == set(NAMES)
    assert Settings.from_environment(environ) == Settings(
        port=8123,
        host="0.0.0.0",
        public_url="https://gym.example.com/spotter",
        proxies=(*HERE, ip_network("10.0.0.7")),
        country="GB",
        data_dir=tmp_path / "new",
        vosk_model=tmp_path,
        voice="espeak+f3",
        speed=150,
        kiosk_token="a-token",
        secret_key="k" * 32,
        flow=tmp_path,
        sms_from="MG" + "0" * 32,
        worker=False,
        wake_word="hey jarvis",
        roster=tmp_path / "staff.yaml",
        texts_per_number=20,
        texts_per_day=900,
        loop_turns=30,
        loop_minutes=5,
        reconcile_minutes=3,
        answer_hours=2,
        keys=KEY,
        keys_file=keys_file,
        keep_days=(
            (Level.INFO, 7),
            (Level.MODIFY, 90),
            (Level.STOP_TODAY, 90),
            (Level.SEE_PROVIDER, 180),
            (Level.URGENT, 365),
            (Level.EMERGENCY, 3650),
        ),
        twilio_account_sid="AC" + "a" * 32,
        twilio_auth_token="secret",
        database_url="sqlite:////srv/other.db",
    )


def test_the_database_is_in_the_data_directory_unless_it_is_set(tmp_path: Path) -> None:
    settings = Settings.from_environment({"SPOTTER_DATA_DIR": str(tmp_path)})
    assert settings.database_url == f"sqlite:///{tmp_path / 'spotter.db'}"


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("SPOTTER_CONTRY", "SPOTTER_COUNTRY"),
        ("SPOTTER_PUBLIC", "SPOTTER_PUBLIC_URL"),
        ("SPOTTER_TWILIO_AUTH_TOKEN", "TWILIO_AUTH_TOKEN"),
        ("SPOTTER_PORT", "PORT"),
    ],
)
def test_an_unknown_setting_is_refused_and_the_nearest_named(name: str, meant: str) -> None:
    text = refused(**{name: "x"})
    assert text == f"{name} is not a setting of Spotter. Did you mean {meant}?"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "abc"),
        ("PORT", "0"),
        ("PORT", "65536"),
        ("PORT", "²"),
        ("SPOTTER_PUBLIC_URL", "gym.example.com"),
        ("SPOTTER_PUBLIC_URL", "https://gym.example.com/?a=b"),
        ("SPOTTER_PROXY", "caddy"),
        ("SPOTTER_PROXY", "172.30.83.5/24"),
        ("SPOTTER_PROXY", "0.0.0.0/0"),
        ("SPOTTER_COUNTRY", "USA"),
        ("SPOTTER_COUNTRY", "XX"),
        ("SPOTTER_VOSK_MODEL", "/no/such/model"),
        ("SPOTTER_FLOW", "/no/such/flow"),
        ("SPOTTER_SMS_FROM", "0151 123"),
        ("SPOTTER_WORKER", "maybe"),
        ("TWILIO_ACCOUNT_SID", "AC12"),
    ],
)
def test_an_unusable_value_is_refused_with_the_mend(name: str, value: str) -> None:
    text = refused(**{name: value})
    assert text.startswith(f"{name} is {value!r}: ")
    assert text.endswith(".")


def test_an_unusable_database_is_refused_without_its_password() -> None:
    text = refused(DATABASE_URL="mysql://spotter:s3cret@host/db")
    assert text.startswith("DATABASE_URL: use an SQLite file, such as sqlite:///")
    assert "s3cret" not in text


@pytest.mark.parametrize("url", ["sqlite:////srv/other.db", "postgresql://spotter:s3cret@db.example.com/gym"])
def test_both_kinds_of_database_can_be_set(url: str) -> None:
    settings = Settings.from_environment({"DATABASE_URL": url})
    assert settings.database_url == url
    assert "s3cret" not in repr(settings)


def test_all_mistakes_are_told_at_once() -> None:
    assert len(refused(PORT="x", SPOTTER_WORKER="x", SPOTTER_X="x").splitlines()) == 3


def test_an_empty_variable_counts_as_not_set() -> None:
    environ = {"SPOTTER_COUNTRY": " ", "PORT": "", "SPOTTER_VOSK_MODEL": ""}
    assert Settings.from_environment(environ) == Settings.from_environment({})


def test_the_token_is_never_shown() -> None:
    assert "s3cret" not in repr(Settings.from_environment({"TWILIO_AUTH_TOKEN": "s3cret"}))


def test_the_readme_lists_every_setting() -> None:
    rows = dict(re.findall(r"^\| `([A-Z_]+)` \|[^|]*\| (.*) \|$", (PROJECT / "README.md").read_text(), re.M))
    assert rows == {one.metadata["name"]: one.metadata["doc"] for one in fields(Settings)}


@pytest.mark.parametrize("name", SECRETS)
def test_a_secret_can_be_in_a_file(name: str, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("postgresql://spotter:s3cret@db.example.com/gym\n")
    environ = {in_file(name): str(tmp_path / "secret")}
    [found] = [one for one in fields(Settings) if one.metadata["name"] == name]
    settings = Settings.from_environment(environ)
    assert getattr(settings, found.name) == "postgresql://spotter:s3cret@db.example.com/gym"
    assert "s3cret" not in repr(settings)
    readme = (PROJECT / "README.md").read_text()
    assert f"`{name}`" in readme.partition("can stand in a file instead")[0].rpartition("A\nsecret")[2]


def test_a_secret_in_a_file_that_cannot_be_used_is_told_without_it(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    name = "TWILIO_AUTH_TOKEN"
    assert "cannot be read (No such file or directory)" in refused(**{in_file(name): str(file)})
    file.write_bytes(b"s3cret\xff")
    assert "cannot be read (it is not text)" in refused(**{in_file(name): str(file)})
    file.write_text("\n s3cret")
    assert "is empty" in refused(**{in_file(name): str(file)})
    file.write_text("mysql://spotter:s3cret@host/db")
    for told in (
        refused(**{in_file(name): str(file), name: "s3cret"}),
        refused(**{in_file("DATABASE_URL"): str(file)}),
    ):
        assert "s3cret" not in told


def test_a_file_for_what_is_no_secret_is_refused() -> None:
    assert "is not a setting" in refused(SPOTTER_COUNTRY_FILE="/run/country")


@pytest.mark.parametrize(
    ("name", "given", "mend"),
    [
        ("SPOTTER_KEYS", "sesame", "python -m store key"),
        ("SPOTTER_KEEP_DAYS", "emergancy=3", "info, modify, stop_today"),
        ("SPOTTER_KEEP_DAYS", "info=1", "at least 7 days"),
        ("SPOTTER_KEYS_FILE", "/nowhere/keys", "there is no such file"),
    ],
)
def test_what_would_lose_or_forget_too_much_is_refused(name: str, given: str, mend: str) -> None:
    with pytest.raises(SettingsError, match=mend) as refused:
        Settings.from_environment({name: given})
    assert "sesame" not in str(refused.value)


def test_a_file_that_holds_no_keys_is_named_and_not_quoted(tmp_path: Path) -> None:
    (tmp_path / "keys").write_text("sesame", encoding="ascii")
    with pytest.raises(SettingsError, match=r"keys cannot be used: use keys as") as refused:
        Settings(data_dir=tmp_path).open_keys()
    assert "sesame" not in str(refused.value)
