"""The fallback journal: what the database could not take is kept in sealed files of its own until it can.

Each entry is a file, so that none can harm another: a power cut in the middle of writing one leaves all the
others whole, and one is removed by itself once it was kept where it belongs.
"""

import json
import logging
import os
import secrets
import shutil
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flows.broken import where
from store.keys import Keys

log = logging.getLogger(__name__)

# Whoever is waiting for an answer has waited for the database already; Twilio gives up after 15 s in all.
_PATIENCE_SECONDS = 2.0
# So many files are kept back for entries on a full disk, each with room for the longest text that there is.
# They are written over in place: nobody else gets their room. They are made while there is plenty.
_ROOMS = 128
_ROOM_BYTES = 12288
_PLENTY_BYTES = 16 * _ROOMS * _ROOM_BYTES
# A file half written for longer than this was left behind by a process that died.
_LEFT_SECONDS = 60.0

_WAITING, _PART, _ASIDE = ".json", ".part", ".failed"


@dataclass(frozen=True)
class Unkept:
    """Something that could not be kept when it came, ``at`` seconds since 1970.

    ``kind`` says who handles it, ``fields`` are theirs, and ``key`` is its idempotency key where it has
    none of its own.
    """

    key: str
    kind: str
    at: float
    fields: Mapping[str, Any]


class Journal:
    """Entries in the directory ``folder``, sealed with ``keys``: they hold words and phone numbers.

    Safe to use from many threads, and from several processes: an entry may then be handed over twice.
    """

    def __init__(self, folder: Path, keys: Keys) -> None:
        self._folder = folder
        self._keys = keys
        self._reserve = folder / "reserve"
        # A disk that hangs must not hang the answer. What was put in line is written when it moves again.
        self._writer = ThreadPoolExecutor(1, "journal")

    def keep(self, kind: str, at: float, fields: Mapping[str, Any]) -> bool:
        """Writes an entry down; true once it is on the disk. Never raises."""
        name = f"{time.time_ns():020d}-{secrets.token_hex(4)}"
        try:
            entry = {"kind": kind, "at": at, "fields": dict(fields)}
            data = self._keys.seal(json.dumps(entry, ensure_ascii=False)).encode("ascii")
            self._writer.submit(self._write, name, data).result(_PATIENCE_SECONDS)
        except Exception as error:
            log.critical("NOT EVEN THE JOURNAL can be written: a %s is not kept: %s", kind, where(error))
            return False
        log.error("a %s waits in the journal until the database can be used", kind)
        return True

    def waiting(self) -> list[str]:
        """The names of the entries, oldest first. Never raises."""
        return self._named(_WAITING)

    def count(self) -> int:
        """How many entries wait. Never raises."""
        return len(self.waiting())

    def aside(self) -> int:
        """How many entries could not be handled, and were set aside. Never raises."""
        return len(self._named(_ASIDE))

    def read(self, name: str) -> Unkept:
        """The entry of that name.

        Raises `OSError` when it is gone, `ValueError` when it is torn, and `WrongKeysError`.
        """
        kept = (self._folder / f"{name}{_WAITING}").read_bytes().decode("utf-8", "surrogatepass")
        try:
            # One from before there were keys is plain.
            data = json.loads(kept if kept.startswith("{") else self._keys.open(kept))
            return Unkept(f"journal:{name}", str(data["kind"]), float(data["at"]), dict(data["fields"]))
        except (TypeError, KeyError) as error:
            raise ValueError("not an entry") from error

    def remove(self, name: str) -> None:
        """Forgets an entry that is kept in the database now."""
        (self._folder / f"{name}{_WAITING}").unlink(missing_ok=True)

    def set_aside(self, name: str) -> None:
        """Keeps an entry out of the way of the others, for somebody to look at."""
        file = self._folder / f"{name}{_WAITING}"
        file.replace(file.with_suffix(_ASIDE))
        log.error("%s in the journal cannot be handled and was set aside", name)

    def rotate(self) -> int:
        """How many entries were sealed with an older key than the newest, or with none, and are not any more.

        Raises `OSError`, and `WrongKeysError` when the keys do not open one.
        """
        done = 0
        for ending in (_WAITING, _ASIDE):
            for name in self._named(ending):
                file = self._folder / f"{name}{ending}"
                kept = file.read_bytes().decode("utf-8", "surrogatepass")
                sealed = self._keys.seal(kept) if kept.startswith("{") else self._keys.renew(kept)
                if sealed != kept:
                    self._write_over(file.with_suffix(_PART), sealed.encode("ascii"), ending)
                    done += 1
        return done

    def forget(self, before: float) -> int:
        """How many entries that were set aside before that time (seconds since 1970) are gone now."""
        old = [file for file in self._folder.glob(f"*{_ASIDE}") if file.stat().st_mtime < before]
        for file in old:
            file.unlink(missing_ok=True)
        return len(old)

    def tend(self) -> None:
        """Makes the directory and its reserve, and takes up what a process left that died. Never raises."""
        try:
            self._make_folder()
            for part in self._folder.glob(f"*{_PART}"):
                if time.time() - part.stat().st_mtime > _LEFT_SECONDS:
                    part.replace(part.with_suffix(_WAITING))
            if len(self._rooms()) < _ROOMS and shutil.disk_usage(self._folder).free > _PLENTY_BYTES:
                for number in range(_ROOMS):
                    # What is there already keeps its room, should the disk be full before all are made.
                    with open(self._reserve / f"{number:03}", "wb", opener=_in_place) as room:
                        room.write(bytes(_ROOM_BYTES))
        except OSError as error:
            log.error("the journal cannot be made ready: %s", where(error))

    def _named(self, ending: str) -> list[str]:
        try:
            return sorted(file.stem for file in self._folder.iterdir() if file.suffix == ending)
        except OSError:
            return []

    def _rooms(self) -> list[Path]:
        """Those of the reserve that hold what they promise: one may have been half made on a full disk."""
        return sorted(one for one in self._reserve.iterdir() if one.stat().st_size >= _ROOM_BYTES)

    def _write(self, name: str, data: bytes) -> None:
        part = self._folder / f"{name}{_PART}"
        try:
            self._make_folder()
            self._write_over(part, data)
        except OSError as error:
            rooms = self._rooms()
            if not rooms:
                raise
            log.error("the journal takes from its reserve, %d are left: %s", len(rooms) - 1, where(error))
            rooms[0].replace(part)
            self._write_over(part, data)

    def _write_over(self, part: Path, data: bytes, ending: str = _WAITING) -> None:
        try:
            with open(part, "wb", opener=_in_place) as file:
                file.write(data)
                file.truncate()
                file.flush()
                os.fsync(file.fileno())
            part.replace(part.with_suffix(ending))
        except OSError:
            part.unlink(missing_ok=True)
            raise
        _sync(self._folder)

    def _make_folder(self) -> None:
        if not self._reserve.is_dir():
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._reserve.mkdir(mode=0o700, exist_ok=True)
            _sync(self._folder.parent)


def _in_place(path: str, flags: int) -> int:
    """Opens a file that nobody else may read, and gives none of its room away."""
    return os.open(path, flags & ~os.O_TRUNC, 0o600)


def _sync(folder: Path) -> None:
    """Names of files reach the disk with their directory."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
