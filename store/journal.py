"""The fallback journal: what the database could not take is kept in files of its own until it can.

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

log = logging.getLogger(__name__)

# Whoever is waiting for an answer has waited for the database already; Twilio gives up after 15 s in all.
_PATIENCE_SECONDS = 2.0
# Given up on a full disk to make room for some 250 entries, and taken again when there is plenty.
_RESERVE_BYTES = 1024 * 1024
_PLENTY_BYTES = 16 * _RESERVE_BYTES
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
    """Entries in the directory ``folder``, for nobody else to read: they hold words and phone numbers.

    Safe to use from many threads, and from several processes: an entry may then be handed over twice.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._reserve = folder / "reserve"
        # A disk that hangs must not hang the answer. What was put in line is written when it moves again.
        self._writer = ThreadPoolExecutor(1, "journal")

    def keep(self, kind: str, at: float, fields: Mapping[str, Any]) -> bool:
        """Writes an entry down; true once it is on the disk. Never raises."""
        name = f"{time.time_ns():020d}-{secrets.token_hex(4)}"
        try:
            text = json.dumps({"kind": kind, "at": at, "fields": dict(fields)})
            self._writer.submit(self._write, name, text).result(_PATIENCE_SECONDS)
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
        """The entry of that name. Raises `OSError` when it is gone, and `ValueError` when it is torn."""
        text = (self._folder / f"{name}{_WAITING}").read_text(encoding="utf-8")
        try:
            data = json.loads(text)
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

    def tend(self) -> None:
        """Makes the directory and its reserve, and takes up what a process left that died. Never raises."""
        try:
            self._make_folder()
            for part in self._folder.glob(f"*{_PART}"):
                if time.time() - part.stat().st_mtime > _LEFT_SECONDS:
                    part.replace(part.with_suffix(_WAITING))
            if not self._reserve.exists() and shutil.disk_usage(self._folder).free > _PLENTY_BYTES:
                self._reserve.write_bytes(bytes(_RESERVE_BYTES))
        except OSError as error:
            log.error("the journal cannot be made ready: %s", where(error))

    def _named(self, ending: str) -> list[str]:
        try:
            return sorted(file.stem for file in self._folder.iterdir() if file.suffix == ending)
        except OSError:
            return []

    def _write(self, name: str, text: str) -> None:
        try:
            self._make_folder()
            self._write_once(name, text)
        except OSError:
            # The disk is full, perhaps.
            self._reserve.unlink(missing_ok=True)
            self._write_once(name, text)

    def _write_once(self, name: str, text: str) -> None:
        part = self._folder / f"{name}{_PART}"
        try:
            with open(part, "w", encoding="utf-8", opener=_for_us_alone) as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            part.replace(part.with_suffix(_WAITING))
        except OSError:
            part.unlink(missing_ok=True)
            raise
        _sync(self._folder)

    def _make_folder(self) -> None:
        if not self._folder.is_dir():
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            _sync(self._folder.parent)


def _for_us_alone(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _sync(folder: Path) -> None:
    """Names of files reach the disk with their directory."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
