"""Settings are read once, and a mistake in them is told by name, with the mend."""

import re
from dataclasses import fields
from pathlib import Path

import pytest

from settings import NAMES, PROJECT, Settings, SettingsError


def refused(**environ: str) -> str:
    with pytest.raises(SettingsError) as caught:
        Settings.from_environment(environ)
    return str(caught.value)


def test_nothing_needs_to_be_set() -> None:
    settings = Settings.from_environment({"HOME": "/somewhere", "PATH": "/bin"})
    assert settings.port == 8000
    assert settings.country == "US"
    assert settings.flow == PROJECT / "flows" / "back_pain"
    assert settings.database_url == f"sqlite:///{PROJECT / 'var' / 'spotter.db'}"
    assert settings.worker


def test_everything_can_be_set(tmp_path: Path) -> None:
    environ = {
        "PORT": "8123",
        "SPOTTER_HOST": "0.0.0.0",
        "SPOTTER_PUBLIC_URL": "https://gym.example.com/spotter/",
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
    }
    assert set(environ) == set(NAMES)
    assert Settings.from_environment(environ) == Settings(
        port=8123,
        host="0.0.0.0",
        public_url="https://gym.example.com/spotter",
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
