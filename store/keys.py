"""The keys that what people say is encrypted with: the newest seals, and older ones still open."""

import os
import secrets
from collections.abc import Iterable
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from sqlalchemy.exc import SQLAlchemyError


class WrongKeysError(SQLAlchemyError):
    """The keys are not those that something was sealed with."""


class Keys:
    """Fernet keys (44 characters of base64 each), the newest first. Raises `ValueError` for anything else."""

    def __init__(self, keys: Iterable[str]) -> None:
        each = [Fernet(key) for key in keys]
        if not each:
            raise ValueError("there is no key")
        self._newest = each[0]
        self._all = MultiFernet(each)

    def seal(self, text: str) -> str:
        """``text`` sealed with the newest key. Half of an emoji is no Unicode, and is taken all the same."""
        return self._newest.encrypt(text.encode("utf-8", "surrogatepass")).decode("ascii")

    def open(self, token: str) -> str:
        """The text in ``token``. Raises `WrongKeysError` when none of the keys opens it."""
        try:
            return self._all.decrypt(token).decode("utf-8", "surrogatepass")
        except InvalidToken:
            raise WrongKeysError("it was sealed with other keys, or changed") from None

    def renew(self, token: str) -> str:
        """``token`` as the newest key seals it; itself when that has been done. Raises `WrongKeysError`."""
        try:
            self._newest.decrypt(token)
            return token
        except InvalidToken:
            return self.seal(self.open(token))


def read_keys(text: str) -> Keys:
    """The keys in ``text``, apart by commas, spaces or lines. Raises `ValueError`, which quotes none."""
    try:
        return Keys(text.replace(",", " ").split())
    except ValueError:
        raise ValueError("use keys as python -m store key makes them, the newest first") from None


def new_key() -> str:
    """A key that nobody has."""
    return Fernet.generate_key().decode("ascii")


def keys_in(file: Path) -> Keys:
    """The keys in ``file``, which is made with a new one when there is none, for nobody else to read.

    Two processes that begin at the same moment have the same. Raises `OSError` when it cannot be read or
    made, and `ValueError` when it holds no keys.
    """
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        draft = file.with_name(f"{file.name}.{secrets.token_hex(4)}")
        with open(draft, "x", encoding="ascii", opener=_for_us_alone) as made:
            made.write(f"{new_key()}\n")
            made.flush()
            os.fsync(made.fileno())
        try:
            # Whole or not at all, and never in the place of another.
            os.link(draft, file)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return read_keys(file.read_text(encoding="ascii"))


def _for_us_alone(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
