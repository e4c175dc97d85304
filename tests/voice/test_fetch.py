"""Fetching is tested against a real server on this machine that breaks off in the middle."""

import hashlib
import io
import threading
import zipfile
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from voice.fetch import MODEL, FetchError, fetch_model, model_directory

MODEL_BYTES = bytes(range(256)) * 2000


def archive(*names: str, body: bytes = MODEL_BYTES) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        for name in names:
            file.writestr(name, body)
    return buffer.getvalue()


GOOD = archive("some-model/am/final.mdl", "some-model/conf/mfcc.conf")


class Host(ThreadingHTTPServer):
    """Serves ``content``; closes the connection after ``cut`` bytes of each answer."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.content, self.cut, self.ranges, self.status = GOOD, 0, True, 0
        self.asked: list[str | None] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/model.zip"


class Handler(BaseHTTPRequestHandler):
    server: Host

    def do_GET(self) -> None:
        host, wanted = self.server, self.headers["Range"]
        host.asked.append(wanted)
        start = int(wanted.removeprefix("bytes=").rstrip("-")) if wanted and host.ranges else 0
        body = b"" if host.status else host.content[start:]
        status = host.status or (416 if not body else 206 if start else 200)
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        if status == 206:
            size = len(host.content)
            self.send_header("Content-Range", f"bytes {start}-{size - 1}/{size}")
        self.end_headers()
        self.wfile.write(body[: host.cut or None])

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def host() -> Iterator[Host]:
    with Host() as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        yield server
        server.shutdown()


Fetch = Callable[..., Path]


@pytest.fixture
def fetch(host: Host, tmp_path: Path) -> Fetch:
    def run(sha256: str = "", seen: list[tuple[int, int]] | None = None) -> Path:
        progress: list[tuple[int, int]] = [] if seen is None else seen
        expected = sha256 or hashlib.sha256(host.content).hexdigest()
        return fetch_model(tmp_path, lambda *both: progress.append(both), host.url, expected)

    return run


def test_the_model_is_fetched_and_unpacked_once(host: Host, fetch: Fetch, tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    model = fetch(seen=seen)

    assert model == model_directory(tmp_path) == tmp_path / MODEL
    assert (model / "am" / "final.mdl").read_bytes() == MODEL_BYTES
    assert seen[0] == (0, len(GOOD))
    assert seen[-1] == (len(GOOD), len(GOOD))
    assert [path.name for path in tmp_path.iterdir()] == [MODEL]
    assert fetch() == model
    assert len(host.asked) == 1


def test_a_broken_connection_goes_on_where_it_stopped(host: Host, fetch: Fetch) -> None:
    host.cut = 300_000

    assert (fetch() / "am" / "final.mdl").read_bytes() == MODEL_BYTES
    assert host.asked == [None, "bytes=300000-", "bytes=600000-", "bytes=900000-"]


def test_a_second_run_goes_on_where_the_first_stopped(host: Host, fetch: Fetch, tmp_path: Path) -> None:
    (tmp_path / f"{MODEL}.zip.part").write_bytes(GOOD[:500_000])

    assert (fetch() / "am" / "final.mdl").read_bytes() == MODEL_BYTES
    assert host.asked == ["bytes=500000-"]


@pytest.mark.usefixtures("host")
def test_a_file_that_was_complete_already_is_used(fetch: Fetch, tmp_path: Path) -> None:
    (tmp_path / f"{MODEL}.zip.part").write_bytes(GOOD)

    assert fetch().is_dir()


def test_a_server_without_ranges_sends_everything_again(host: Host, fetch: Fetch, tmp_path: Path) -> None:
    host.ranges = False
    (tmp_path / f"{MODEL}.zip.part").write_bytes(GOOD[:500_000])

    assert (fetch() / "am" / "final.mdl").read_bytes() == MODEL_BYTES


def test_another_file_is_refused_and_removed(fetch: Fetch, tmp_path: Path) -> None:
    with pytest.raises(FetchError, match=hashlib.sha256(GOOD).hexdigest()):
        fetch(sha256="0" * 64)

    assert list(tmp_path.iterdir()) == []


def test_a_wrong_address_is_said_at_once(host: Host, fetch: Fetch) -> None:
    host.status = 404

    with pytest.raises(FetchError, match="404"):
        fetch()
    assert len(host.asked) == 1


def test_a_server_that_cannot_be_reached_is_given_up(
    host: Host, fetch: Fetch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("voice.fetch.time.sleep", lambda _seconds: None)
    host.status = 503

    with pytest.raises(FetchError, match=r"503.*again"):
        fetch()
    assert len(host.asked) > 1


@pytest.mark.parametrize(
    "content",
    [
        b"not an archive",
        archive("../../evil"),
        archive("model/am/final.mdl", "model/../../evil"),
        archive("/evil/am/final.mdl"),
        archive("model\\..\\evil", "model/am/final.mdl"),
        archive("one/am/final.mdl", "two/am/final.mdl"),
        archive("model/readme"),
        archive(),
    ],
    ids=range(8),
)
def test_an_archive_that_is_no_model_leaves_nothing(
    content: bytes, host: Host, fetch: Fetch, tmp_path: Path
) -> None:
    host.content = content

    with pytest.raises(FetchError, match="removed"):
        fetch()
    assert list(tmp_path.iterdir()) == []
    assert not (tmp_path.parent / "evil").exists()
