"""The versions of a conversation side by side: the newest for new people, the older for who is in them."""

import logging
import threading
from collections.abc import Iterable
from pathlib import Path

from flows.checks import check, errors
from flows.content import content_of, digest
from flows.line import Line, load_line
from flows.moving import moved
from flows.published import Published
from flows.session import Session
from flows.source import FlowError

log = logging.getLogger(__name__)

# Stands for the flow as it is now among the names of versions.
_FOLDER = ""


class Versions:
    """The versions of the flow in ``folder`` that are kept in ``copies``. Safe to use from many threads.

    New people get ``newest``: what was published last. Where nothing was ever published that is the flow
    in ``folder`` itself, of which a copy is kept for those who are in it when it changes. ``newest`` is
    ``None`` when there is nothing that can be used. ``note`` is what people who run the line should know.
    """

    def __init__(self, folder: Path, copies: Published, newest: Line | None = None) -> None:
        self.newest = newest
        self.note = ""
        self._folder = folder
        self._copies = copies
        self._loading = threading.Lock()
        self._older: dict[str, Line | None] = {}

    @property
    def sentence(self) -> str:
        """Which conversation new people get, or that there is none."""
        line = self.newest
        named = f"{line.flow.id}, version {line.version}" if line else "the conversation cannot be used"
        return f"{named}; {self.note}" if self.note else named

    @property
    def older(self) -> list[str]:
        """The older versions that people have gone on with since the last `load`."""
        return sorted(name for name, line in self._older.copy().items() if line)

    def place(self, session: Session) -> tuple[Line, Session]:
        """The line that ``session`` goes on with: its own version's, where that is still there.

        Else the session is moved to the newest. Raises ``RuntimeError`` when there is none.
        """
        newest = self.newest
        if newest is None:
            raise RuntimeError("the conversation could not be loaded")
        if (session.flow, session.version) == (newest.flow.id, newest.version):
            return newest, session
        # Who was asked nothing yet does not mind a newer one.
        older = self._own(session) if session.step else None
        return (older, session) if older else (newest, moved(session, newest.flow, newest.version))

    def load(self, in_use: Iterable[str] = ()) -> None:
        """Takes up what was published or changed, and the versions ``in_use``; forgets the others.

        What cannot be used is logged with everything that is wrong in it. The line then goes on with
        what it had or, at the start, with the version before.
        """
        published = self._copies.published()
        first, *others = [*published, _FOLDER] if published else [_FOLDER, *self._copies.served()]
        line, note = self._usable(first), ""
        if line is None:
            line = self.newest or next(filter(None, map(self._usable, others)), None)
            wanted = f"what is in {self._folder}" if first == _FOLDER else f"version {first}"
            note = f"{wanted} cannot be used (the log says why)"
        elif published and line.content != digest(content_of(self._folder)):
            note = f"{self._folder} has changed since it was published"
        with self._loading:
            self.newest, self.note = line, note
            self._older = {name: self._find(name) for name in in_use if not line or name != line.version}
        log.log(logging.WARNING if note else logging.INFO, "serving %s", self.sentence)

    def _load_folder(self) -> Line:
        line = load_line(self._folder)
        if line.version not in self._copies.names():
            # What is kept was checked when it was kept.
            _, findings = check(self._folder)
            if errors(findings):
                raise FlowError(errors(findings))
        try:
            self._copies.keep(self._folder, line)
            self._copies.serve(line.version)
        except OSError as error:
            # People are served all the same; those who are in it when it changes will be moved.
            log.error("version %s is served and no copy of it can be kept: %s", line.version, error.strerror)
        return line

    def _own(self, session: Session) -> Line | None:
        with self._loading:
            if session.version not in self._older:
                self._older[session.version] = self._find(session.version)
            line = self._older[session.version]
        return line if line and line.flow.id == session.flow else None

    def _find(self, name: str) -> Line | None:
        return self._usable(name) if name in self._copies.names() else None

    def _usable(self, name: str) -> Line | None:
        try:
            return self._load_folder() if name == _FOLDER else self._copies.load(name)
        except FlowError as error:
            log.error("a version of the conversation cannot be used:\n%s", error)
            return None
