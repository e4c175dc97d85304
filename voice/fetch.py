"""Fetching the small English Vosk model from its makers, once, when the kiosk's owner asks for it."""

import hashlib
import http.client
import re
import shutil
import stat
import tempfile
import time
import urllib.error
import urllib.request
import zipfile
from collections.abc import Callable
from pathlib import Path, PurePosixPath

MODEL = "vosk-model-small-en-us-0.15"
URL = f"https://alphacephei.com/vosk/models/{MODEL}.zip"
# The makers publish an MD5 only (09ab50ccd62b674cbaa231b825f9c1cb). This SHA-256 of the same 41,205,931
# bytes is the one that several unrelated public projects recorded when they fetched the file.
SHA256 = "30f26242c4eb449f948e42cb302dd7a686cb29a3423a8367f99ff41780942498"

_LARGEST_ARCHIVE = 500 * 1024 * 1024
_LARGEST_MODEL = 1024 * 1024 * 1024
_TRIES = 4
_TIMEOUT = 30.0
_PIECE = 64 * 1024

# Bytes that are here, and bytes in all (0 when the server does not say).
Progress = Callable[[int, int], None]


class FetchError(RuntimeError):
    """The model could not be fetched; the text says what to do."""


def model_directory(data_dir: Path) -> Path:
    """Where the fetched model is, or would be."""
    return data_dir / MODEL


def fetch_model(data_dir: Path, progress: Progress, url: str = URL, sha256: str = SHA256) -> Path:
    """The model's directory, downloaded and unpacked if it is not there yet.

    What arrived before the connection was lost is kept in ``data_dir``, and the next attempt goes on
    from there (HTTP range requests). Raises `FetchError`, and ``OSError`` when nothing can be written.
    """
    target = model_directory(data_dir)
    if target.is_dir():
        return target
    data_dir.mkdir(parents=True, exist_ok=True)
    part = data_dir / f"{MODEL}.zip.part"
    _download(url, part, progress)
    with part.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != sha256.lower():
        part.unlink()
        raise FetchError(
            f"the file from {url} is not the expected one and was removed: its SHA-256 is {found}, "
            f"expected {sha256}. Run the same command again; if it stays so, do not use the file"
        )
    _unpack(part, target)
    part.unlink()
    return target


def _download(url: str, part: Path, progress: Progress) -> None:
    """Get all of ``url`` into ``part``, however often the connection breaks while it still moves on."""
    tries = 0
    while tries < _TRIES:
        before = _size(part)
        try:
            if _continue(url, part, progress):
                return
            reason = "the connection was cut"
        except urllib.error.HTTPError as error:
            if error.code < 500:
                raise FetchError(f"{url} answers {error.code} {error.reason}: check the address") from None
            reason = f"the server answers {error.code}"
        except ValueError as error:
            raise FetchError(f"{url} is not an address: {error}") from None
        except (OSError, http.client.HTTPException) as error:
            reason = str(getattr(error, "reason", error)) or type(error).__name__
        if _size(part) > before:
            tries = 0
        else:
            tries += 1
            time.sleep(1)
    raise FetchError(f"{url} could not be fetched ({reason}). Run the same command again to go on from here")


def _continue(url: str, part: Path, progress: Progress) -> bool:
    """One request for what is missing of ``part``. False when the connection ended too early."""
    start = _size(part)
    headers = {"User-Agent": "spotter", "Range": f"bytes={start}-"}
    request = urllib.request.Request(url, headers=headers if start else {"User-Agent": "spotter"})
    try:
        response = urllib.request.urlopen(request, timeout=_TIMEOUT)
    except urllib.error.HTTPError as error:
        if error.code == http.HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE and start:
            return True  # nothing is missing; the hash tells whether it is the right file
        raise
    with response:
        whole = re.fullmatch(rf"bytes {start}-\d+/(\d+)", response.headers.get("Content-Range", ""))
        if response.status == http.HTTPStatus.PARTIAL_CONTENT and whole:
            total, mode = int(whole[1]), "ab"
        else:
            # The server sends everything again.
            start, total, mode = 0, int(response.headers.get("Content-Length") or 0), "wb"
        with part.open(mode) as file:
            progress(start, total)
            while piece := response.read(_PIECE):
                start += len(piece)
                if start > _LARGEST_ARCHIVE:
                    raise FetchError(f"{url} is far larger than a small Vosk model: check the address")
                file.write(piece)
                progress(start, total)
    return start >= total


def _unpack(archive: Path, target: Path) -> None:
    """The one directory inside ``archive`` becomes ``target``, all of it or nothing."""
    with tempfile.TemporaryDirectory(dir=target.parent) as scratch:
        try:
            with zipfile.ZipFile(archive) as file:
                top = _checked(file.infolist())
                file.extractall(scratch)
        except (zipfile.BadZipFile, NotImplementedError) as error:
            archive.unlink()
            raise FetchError(f"the archive cannot be unpacked and was removed: {error}") from None
        model = Path(scratch) / top
        if not (model / "am" / "final.mdl").is_file():
            archive.unlink()
            raise FetchError("the archive holds no Vosk model and was removed: check the address")
        shutil.move(model, target)


def _checked(members: list[zipfile.ZipInfo]) -> str:
    """The one top directory of ``members``. Raises ``BadZipFile`` for anything that could reach out of it."""
    tops = set()
    for member in members:
        path = PurePosixPath(member.filename)
        outside = path.is_absolute() or ".." in path.parts or set(member.filename) & {"\\", ":"}
        if outside or not path.parts or stat.S_ISLNK(member.external_attr >> 16):
            raise zipfile.BadZipFile(f"{member.filename!r} does not belong into a model")
        tops.add(path.parts[0])
    if len(tops) != 1:
        raise zipfile.BadZipFile(f"it has {len(tops)} directories at the top, not one")
    if sum(member.file_size for member in members) > _LARGEST_MODEL:
        raise zipfile.BadZipFile("it is far larger than a small Vosk model")
    return tops.pop()


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0
