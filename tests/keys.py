"""The key that the tests' databases are sealed with."""

from pathlib import Path

from store.keys import read_keys

KEY = "dGhlIGtleSBvZiB0aGUgdGVzdHMsIDMyIGJ5dGVzLi4="
KEYS = read_keys(KEY)


def give_keys(folder: Path) -> None:
    """A server with ``folder`` as its data directory has the key of the tests."""
    (folder / "keys").write_text(f"{KEY}\n", encoding="ascii")
