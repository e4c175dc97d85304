"""What the desk says, to the person and to staff, in each language that there is a file for."""

from functools import cache
from pathlib import Path

from flows import source

FOLDER = Path(__file__).with_name("wording")
# Spoken for whoever has another language.
_OTHERWISE = "en"


def words(language: str, key: str, **values: object) -> str:
    """The text ``key`` (``staff.got``) in ``language``, with the names in braces filled in."""
    return _texts(language if language in languages() else _OTHERWISE)[key].format(**values)


def has_words(key: str) -> bool:
    """Whether there is a text ``key``."""
    return key in _texts(_OTHERWISE)


def order_of(key: str) -> int:
    """How far down in the file ``key`` stands; 0 when it is not there, since it might be urgent."""
    return list(_texts(_OTHERWISE)).index(key) if has_words(key) else 0


@cache
def languages() -> frozenset[str]:
    """The languages that there are texts in."""
    return frozenset(path.stem for path in FOLDER.glob("*.yaml"))


@cache
def _texts(language: str) -> dict[str, str]:
    return _flat(source.read(FOLDER / f"{language}.yaml"), "")


def _flat(data: source.Mapping, prefix: str) -> dict[str, str]:
    texts: dict[str, str] = {}
    for key, value in data.items():
        inside = isinstance(value, source.Mapping)
        texts |= _flat(value, f"{prefix}{key}.") if inside else {prefix + key: value}
    return texts
