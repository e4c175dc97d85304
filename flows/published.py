"""The folder in which the versions of one flow are kept: an immutable copy of each, and two lists.

- ``<version>-<first eight digits of the content's hash>/``: one version, complete.
- ``published``: what was published, one name a line; the last one is what new people get.
- ``served``: what a server served last without anybody having published anything.
"""

import re
import shutil
import tempfile
from pathlib import Path

from flows.content import content_of, digest
from flows.line import Line, load_line
from flows.source import Finding, FlowError

_NAME = re.compile(r"[0-9.]+-[0-9a-f]{8}")


class Published:
    """The versions kept in ``folder``, which is made when the first one is kept."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def names(self) -> list[str]:
        """Every version that is kept."""
        found = self.folder.iterdir() if self.folder.is_dir() else ()
        return sorted(path.name for path in found if path.is_dir() and _NAME.fullmatch(path.name))

    def published(self) -> list[str]:
        """The versions that were published, newest first."""
        return list(dict.fromkeys(reversed(self._list("published"))))

    def served(self) -> list[str]:
        """The version that was served last without having been published; none or one."""
        return self._list("served")

    def others(self, line: Line) -> list[str]:
        """The versions that have the number of ``line`` and another content."""
        numbered = [name for name in self.names() if name.startswith(f"{line.flow.version}-")]
        return [name for name in numbered if name != line.version]

    def load(self, name: str) -> Line:
        """The version ``name``. Raises `FlowError` when it is gone, was changed or cannot be read."""
        folder = self.folder / name
        if not _NAME.fullmatch(name) or not folder.is_dir():
            raise FlowError([Finding(str(folder), 1, "this version is no longer there", "publish it again")])
        if not name.endswith(f"-{digest(content_of(folder))[:8]}"):
            what = "this copy is not what was published: something in it was changed"
            mend = "remove the folder, change the flow itself and publish that"
            raise FlowError([Finding(str(folder), 1, what, mend)])
        return load_line(folder)

    def keep(self, flow: Path, line: Line) -> Path:
        """A copy of the flow in the folder ``flow``, which was loaded as ``line``; where it is.

        Raises ``OSError`` when it cannot be written, and `FlowError` when the flow was changed meanwhile.
        """
        kept = self.folder / line.version
        if kept.is_dir():
            return kept
        self.folder.mkdir(parents=True, exist_ok=True)
        # Complete or not there at all, whenever the power goes.
        half = Path(tempfile.mkdtemp(prefix=".half-", dir=self.folder))
        try:
            for name, path in content_of(flow).items():
                (half / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(path, half / name)
                (half / name).chmod(0o444)
            if digest(content_of(half)) != line.content:
                raise FlowError([Finding(str(flow), 1, "it was changed while it was read", "try again")])
            half.chmod(0o755)
            try:
                half.rename(kept)
            except OSError:
                # Another process was faster, with the same copy.
                if not kept.is_dir():
                    raise
        finally:
            shutil.rmtree(half, ignore_errors=True)
        return kept

    def publish(self, name: str) -> None:
        """From now on new people get the version ``name``."""
        self._write("published", [*self._list("published"), name])

    def serve(self, name: str) -> None:
        """Notes that ``name`` is served without having been published."""
        if self.served() != [name]:
            self._write("served", [name])

    def _list(self, file: str) -> list[str]:
        path = self.folder / file
        return path.read_text(encoding="utf-8").split() if path.is_file() else []

    def _write(self, file: str, names: list[str]) -> None:
        new = self.folder / f".{file}"
        new.write_text("".join(f"{name}\n" for name in names), encoding="utf-8")
        new.replace(self.folder / file)
