"""The files that decide a conversation, and one name for all that stands in them."""

import hashlib
from collections.abc import Mapping
from pathlib import Path

from flows import source

# The words of each language belong to every flow; a published copy brings those it was published with.
_LANGUAGES = Path(__file__).with_name("language")
_PARTS = ("flow.yaml", "flags.yaml", "wording", "meaning")
_KINDS = {".yaml", ".npz"}
# What commands noted about the texts. No conversation reads it.
_NOTED = {"spoken", "translated"}


def languages_of(folder: Path) -> Path:
    """Where the languages' own words are that the flow in ``folder`` is understood with."""
    own = folder / "language"
    return own if own.is_dir() else _LANGUAGES


def content_of(folder: Path) -> dict[str, Path]:
    """Every file that decides the flow in ``folder``, by its name in a copy, in a fixed order.

    Notes, backups of an editor and whatever else lies there decide nothing and are left out.
    """
    found: dict[str, Path] = {}
    for part in (*_PARTS, *_included(folder)):
        found |= files_under(folder / part, part)
    found |= files_under(languages_of(folder), "language")
    return {name: path for name, path in found.items() if path.parent.name not in _NOTED}


def _included(folder: Path) -> list[str]:
    """The further files of steps that ``flow.yaml`` names; what is wrong with it is the loader's business."""
    data = source.gather(folder / "flow.yaml", [])
    names = data.get("include") if data else None
    return [str(name) for name in names] if isinstance(names, list) else []


def files_under(place: Path, name: str) -> dict[str, Path]:
    """The file ``place``, or those in the folder ``place``, by their names below ``name``."""
    inside = sorted(place.rglob("*")) if place.is_dir() else [place]
    files = [path for path in inside if path.is_file() and path.suffix in _KINDS]
    return {(Path(name) / path.relative_to(place)).as_posix(): path for path in files}


def digest(files: Mapping[str, Path]) -> str:
    """The same 64 hexadecimal digits for the same names and bytes, and for nothing else."""
    whole = hashlib.sha256()
    for name in sorted(files):
        data = files[name].read_bytes()
        whole.update(f"{name}\n{len(data)}\n".encode() + data)
    return whole.hexdigest()
