"""The image's files, the services and the units fit the code. What needs Docker itself is not tested here."""

import contextlib
import http.client
import json
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from simple_websocket import Client

from flows.versions import Versions
from server import Parts, create_app
from settings import NAMES, Settings
from tests.voice.page_browser import served
from values import PROJECT
from voice.choose import Hearing

_DOCKERFILE = (PROJECT / "Dockerfile").read_text(encoding="utf-8")
_COMPOSE: dict[str, Any] = yaml.safe_load((PROJECT / "compose.yaml").read_text(encoding="utf-8"))
_UNITS = sorted((PROJECT / "deploy").glob("*.service")) + sorted((PROJECT / "deploy").glob("*.timer"))
_OUR_UNITS = [unit for unit in _UNITS if "User=spotter\nWorkingDirectory=" in unit.read_text()]
_CADDY = shutil.which("caddy")
# Of ten, by `systemd-analyze security`; a unit that says nothing about it has 9.2.
_MOST_EXPOSED = 2.0
# Other programs' settings, which the files name beside ours.
_OTHERS = {"POSTGRES_PASSWORD", "ADDRESS"}
_COMMAND = PROJECT / "deploy" / "spotter"
# What decides whose database a command is about, and who can read what it writes.
_WHOSE = {
    *("User", "WorkingDirectory", "EnvironmentFile", "Environment"),
    *("StateDirectory", "StateDirectoryMode", "UMask"),
}
# What the documents have people run on a server.
_RUN = [
    (page.name, room, words)
    for page in sorted((PROJECT / "docs").glob("*.md"))
    for room, words in re.findall(
        r"(?:^ +|`)spotter ([a-z]+) ([a-z]+(?: [a-z]+)*)", page.read_text(), re.MULTILINE
    )
]


def _in_the_image(folder: Path) -> None:
    """Copies into ``folder`` what .dockerignore lets through."""
    for line in (PROJECT / ".dockerignore").read_text(encoding="utf-8").splitlines():
        for path in PROJECT.glob(line[1:]) if line.startswith("!") else ():
            to = folder / path.relative_to(PROJECT)
            to.parent.mkdir(parents=True, exist_ok=True)
            if path.is_dir():
                shutil.copytree(path, to, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(path, to)


def _files(folder: Path) -> set[Path]:
    return {path for path in folder.rglob("*") if not path.is_symlink()}


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_what_is_in_the_image_runs_and_writes_only_into_its_data_directory(tmp_path: Path, port: int) -> None:
    image, data = tmp_path / "spotter", tmp_path / "data"
    image.mkdir()
    _in_the_image(image)
    (image / ".venv").symlink_to(PROJECT / ".venv")
    before = _files(image)
    environ = dict(re.findall(r"([A-Z_]+)=(\S+)", re.findall(r"^ENV (.+)$", _DOCKERFILE, re.MULTILINE)[0]))
    environ |= {"SPOTTER_DATA_DIR": str(data), "SPOTTER_HOST": "127.0.0.1", "PORT": str(port)}
    command = json.loads(re.findall(r"^CMD (.+)$", _DOCKERFILE, re.MULTILINE)[-1])
    server = subprocess.Popen(command, cwd=image, env=environ, stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout
        assert server.stdout.readline().startswith("Spotter is ready")
        assert _status(port, "/healthz") == 200
        assert _status(port, "/") == 200
        # Caddy lets no /metrics through, but all that a client says of where the application is.
        assert _status(port, "/moved/metrics", {"SCRIPT_NAME": "/moved"}) == 404
    finally:
        server.send_signal(signal.SIGTERM)
        server.communicate(timeout=60)
    assert server.returncode == 0
    assert _files(image) == before
    assert (data / "spotter.db").exists()


def _status(port: int, path: str, headers: Mapping[str, str] | None = None) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", path, headers=headers or {})
    status = connection.getresponse().status
    connection.close()
    return status


def test_the_image_does_not_run_as_root_and_installs_only_what_is_pinned() -> None:
    last = _DOCKERFILE.split("FROM ")[-1]
    assert re.findall(r"^USER (\w+)$", last, re.MULTILINE) == ["spotter"]
    assert last.index("USER spotter") < last.index("CMD")
    for installed in re.findall(r"pip install (.+?)(?:&&|$)", _DOCKERFILE, re.MULTILINE):
        assert "--require-hashes" in installed


def test_neither_data_nor_settings_nor_tests_get_into_the_image(tmp_path: Path) -> None:
    _in_the_image(tmp_path)
    there = {path.relative_to(tmp_path).parts[0] for path in tmp_path.iterdir()}
    assert not there & {"var", ".env", ".git", "tests", "bench", ".venv"}
    rooms = {path.parent.name for path in PROJECT.glob("*/__init__.py")} - {"tests", "bench"}
    assert rooms | {path.name for path in PROJECT.glob("*.py")} <= there


@pytest.mark.parametrize("name", ["server", "worker"])
def test_our_services_have_a_read_only_root_and_no_rights(name: str) -> None:
    service = _COMPOSE["services"][name]
    assert service["read_only"]
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["volumes"] == ["data:/var/lib/spotter"]
    assert set(service["environment"]) <= set(NAMES)
    assert "ports" not in service


def test_caddy_is_where_the_server_is_told_that_its_proxy_is() -> None:
    (network,) = _COMPOSE["networks"]["default"]["ipam"]["config"]
    assert _COMPOSE["services"]["server"]["environment"]["SPOTTER_PROXY"] == network["subnet"]
    assert "networks" not in _COMPOSE["services"]["caddy"]


def test_the_worker_works_and_the_server_leaves_it_to_it() -> None:
    services = _COMPOSE["services"]
    assert services["server"]["environment"]["SPOTTER_WORKER"] == "off"
    assert services["worker"]["command"] == [".venv/bin/python", "-m", "desk", "work"]


def test_only_caddy_can_be_reached() -> None:
    assert [name for name, service in _COMPOSE["services"].items() if "ports" in service] == ["caddy"]
    caddy = (PROJECT / "deploy" / "Caddyfile").read_text(encoding="utf-8")
    assert "respond @inside 404" in caddy
    assert set(re.findall(r"\{\$(\w+)", caddy)) == set(_COMPOSE["services"]["caddy"]["environment"])


@pytest.fixture
def behind_caddy(tmp_path: Path, versions: Versions, port: int) -> Iterator[str]:
    """The address of the real Caddy, told by our file, in front of the real application. Without TLS."""
    if _CADDY is None:
        pytest.skip("NOT TESTED, Caddy is missing: apt install caddy")
    app = create_app(
        Settings(data_dir=tmp_path, worker=False), Parts(versions, Hearing(None, "Nobody listens"))
    )
    file, home = PROJECT / "deploy" / "Caddyfile", {"HOME": str(tmp_path)}
    with served(app) as upstream:
        environ = home | {"ADDRESS": f"http://127.0.0.1:{port}", "UPSTREAM": upstream.removeprefix("http://")}
        told = [_CADDY, "run", "--adapter", "caddyfile", "--config", str(_without_admin(file, tmp_path))]
        caddy = subprocess.Popen(told, env=environ, stderr=subprocess.DEVNULL)
        give_up = time.monotonic() + 30
        while not _listens(port) and time.monotonic() < give_up:
            time.sleep(0.05)
        yield f"127.0.0.1:{port}"
        caddy.terminate()
        caddy.wait(timeout=30)
    app.extensions["spotter"].close()


def _without_admin(file: Path, folder: Path) -> Path:
    """A copy that opens no port for commands: another Caddy may have it."""
    copy = folder / "Caddyfile"
    copy.write_text(file.read_text(encoding="utf-8").replace("{\n", "{\n\tadmin off\n", 1), encoding="utf-8")
    return copy


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def test_caddy_lets_everything_through_but_the_metrics(behind_caddy: str) -> None:
    port = int(behind_caddy.partition(":")[2])
    assert _status(port, "/healthz") == 200
    assert _status(port, "/") == 200
    assert _status(port, "/metrics") == 404
    assert _status(port, "/metrics/") == 404
    with contextlib.closing(Client(f"ws://{behind_caddy}/voice/stream")) as stream:
        assert stream.connected


def test_backups_are_made_by_the_databases_own_version() -> None:
    (version,) = re.findall(r"postgresql-client-(\d+)", _DOCKERFILE)
    assert _COMPOSE["services"]["database"]["image"].startswith(f"postgres:{version}-")


def test_the_example_names_settings_that_there_are() -> None:
    text = (PROJECT / "deploy" / "spotter.env.example").read_text(encoding="utf-8")
    assert set(re.findall(r"^(\w+)=", text, re.MULTILINE)) <= set(NAMES) | _OTHERS
    wanted = set(re.findall(r"\$\{(\w+)", (PROJECT / "compose.yaml").read_text(encoding="utf-8")))
    assert wanted == _OTHERS
    assert wanted <= set(re.findall(r"^(\w+)=", text, re.MULTILINE))


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd-analyze here")
@pytest.mark.parametrize("unit", _UNITS, ids=lambda unit: str(unit.name))
def test_systemd_takes_every_unit(unit: Path, tmp_path: Path) -> None:
    for other in _UNITS:
        (tmp_path / other.name).write_text(_as_if_installed(other), encoding="utf-8")
    told = ["systemd-analyze", "verify", "--man=no", str(tmp_path / unit.name)]
    done = subprocess.run(told, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd-analyze here")
@pytest.mark.parametrize("unit", _OUR_UNITS, ids=lambda unit: str(unit.name))
def test_a_unit_can_do_little_else(unit: Path, tmp_path: Path) -> None:
    (tmp_path / unit.name).write_text(_as_if_installed(unit), encoding="utf-8")
    told = ["systemd-analyze", "security", "--offline=true", "--no-pager", str(tmp_path / unit.name)]
    done = subprocess.run(told, capture_output=True, text=True, timeout=60, check=False)
    (exposed,) = re.findall(r"exposure level for .*?: ([\d.]+)", done.stdout)
    assert float(exposed) <= _MOST_EXPOSED


def _as_if_installed(unit: Path) -> str:
    """The unit, with what is not installed here replaced by something that is: systemd looks for programs."""
    text = unit.read_text(encoding="utf-8").replace("/opt/spotter", str(PROJECT))
    return text if Path("/usr/bin/cage").exists() else text.replace("/usr/bin/cage", "/bin/true")


@pytest.mark.parametrize(
    "unit", [one for one in _UNITS if "User=spotter" in one.read_text()], ids=lambda unit: unit.name
)
def test_a_unit_has_its_users_folder_for_what_it_keeps(unit: Path) -> None:
    assert re.search(r"^StateDirectory=spotter\b", unit.read_text(), re.MULTILINE)


def test_a_screen_somewhere_else_is_told_its_token() -> None:
    for file in ("deploy/spotter-screen.service", "docs/deployment.md"):
        pages = re.findall(r"https://\S+\?kiosk=rack-3\S*", (PROJECT / file).read_text(encoding="utf-8"))
        assert pages
        assert all(page.endswith("#token=...") for page in pages)


@pytest.mark.parametrize("unit", _OUR_UNITS, ids=lambda unit: str(unit.name))
def test_a_unit_starts_a_command_that_there_is(unit: Path) -> None:
    found = re.findall(r"/opt/spotter/\.venv/bin/python (?:-m (\w+) (\w+)|(\w+\.py))", unit.read_text())
    for room, command, script in found:
        if script:
            assert (PROJECT / script).exists()
        else:
            assert f'"{command}"' in (PROJECT / room / "__main__.py").read_text(encoding="utf-8")
    assert found


@pytest.fixture
def told_to_systemd(tmp_path: Path) -> Callable[..., list[str]]:
    """What `spotter` with some words tells systemd."""
    fake = tmp_path / "systemd-run"
    fake.write_text('#!/bin/sh\nprintf "%s\\n" "$@"\n', encoding="utf-8")
    fake.chmod(0o755)

    def told(*words: str) -> list[str]:
        environ = {"PATH": f"{tmp_path}:/usr/bin:/bin"}
        return subprocess.run(
            [_COMMAND, *words], env=environ, capture_output=True, text=True, check=True
        ).stdout.splitlines()

    return told


def test_a_command_is_about_the_database_of_the_service(told_to_systemd: Callable[..., list[str]]) -> None:
    unit = (PROJECT / "deploy" / "spotter.service").read_text(encoding="utf-8")
    service = {
        name: value for name, value in re.findall(r"^(\w+)=(.*)$", unit, re.MULTILINE) if name in _WHOSE
    }
    told = told_to_systemd("desk", "delete", "+15551234567")
    given = [one.removeprefix("--property=") for one in told if one.startswith("--property=")]
    assert dict(one.split("=", 1) for one in given) == service
    assert set(service) == _WHOSE


def test_a_command_keeps_its_words_and_runs_the_services_python(
    told_to_systemd: Callable[..., list[str]],
) -> None:
    told = told_to_systemd("desk", "user", "add", "Ana B", "--role", "admin")
    python = "/opt/spotter/.venv/bin/python"
    assert told[told.index("--") + 1 :] == [python, "-m", "desk", "user", "add", "Ana B", "--role", "admin"]
    assert f"ExecStart={python} " in (PROJECT / "deploy" / "spotter.service").read_text(encoding="utf-8")


def test_without_a_word_it_says_what_to_type() -> None:
    done = subprocess.run([_COMMAND], capture_output=True, text=True, check=False)
    assert (done.returncode, "spotter desk roster" in done.stderr) == (2, True)


@pytest.mark.skipif(shutil.which("systemd-run") is None, reason="no systemd-run here")
def test_systemd_knows_every_option_that_it_is_given(told_to_systemd: Callable[..., list[str]]) -> None:
    told = told_to_systemd("desk", "roster")
    done = subprocess.run(
        ["systemd-run", *told[: told.index("--")], "--version"], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(("page", "room", "words"), _RUN)
def test_the_documents_run_commands_that_there_are(page: str, room: str, words: str) -> None:
    told = [sys.executable, "-m", room, *words.split(), "--help"]
    done = subprocess.run(told, cwd=PROJECT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{page}: {done.stderr}"


def test_what_is_run_on_a_server_is_run_as_the_service() -> None:
    assert {room for _, room, _ in _RUN} == {"desk", "store", "voice", "sms", "flows"}
    for name in ("operations.md", "privacy.md", "deployment.md"):
        text = (PROJECT / "docs" / name).read_text(encoding="utf-8")
        assert not re.findall(
            r"(?:^ +|`)\.venv/bin/python -m (?:desk|store|voice|sms) \w", text, re.MULTILINE
        )
