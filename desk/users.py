"""Who may sign in at the desk, and whether it is them."""

import secrets
import threading
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

import pyotp
from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from sqlalchemy import delete, insert, select, update

from store.database import Database
from store.tables import sign_ins, users

SHORTEST_PASSWORD = 12
# Wrong passwords in a row that cost nothing; then each doubles the pause (s), up to a quarter of an hour.
_FREE_MISSES = 3
_FIRST_PAUSE, _LONGEST_PAUSE = 2.0, 900.0
_TOTP_SECONDS = 30
_HASHER = PasswordHasher()
# Each takes 64 MB and all of a core, and nobody who texts is to wait for those who guess.
_HASHING = threading.BoundedSemaphore(4)
# What a password is compared with where there is no such user, so that it takes as long.
_NOBODY = _HASHER.hash(secrets.token_hex())


class Role(IntEnum):
    """What somebody may do: each role may do what those before it may."""

    STAFF = 1
    LEAD = 2
    ADMIN = 3

    @property
    def id(self) -> str:
        """Its name in the database and on the command line."""
        return self.name.lower()


@dataclass(frozen=True)
class User:
    """Somebody of the desk."""

    name: str
    role: Role


class UserError(ValueError):
    """A user who cannot be added or changed; the text names the mend."""


class RefusedError(Exception):
    """Not let in. ``tried``: a password of theirs was looked at; there is such a user, who need not wait."""

    def __init__(self, *, tried: bool) -> None:
        super().__init__("not let in")
        self.tried = tried


class CrowdedError(Exception):
    """So many sign in at this moment that this one was not looked at."""


class Users:
    """The users in ``database``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, name: str, role: Role, password: str, now: float) -> None:
        """Raises `UserError` for a short password, an odd name, or one that is taken."""
        if not name.isprintable() or not 0 < len(name) <= 40 or name != name.strip():
            raise UserError("use a name of 1 to 40 letters")
        row = {"name": name, "role": role.id, "password": _hashed(password), "created_at": now}
        with self._database.transaction() as connection:
            if connection.execute(select(users.c.name).where(users.c.name == name)).one_or_none():
                raise UserError(f"there is a user {name} already: `user password` gives a new password")
            connection.execute(insert(users).values(**row))

    def all(self) -> list[tuple[User, bool]]:
        """Everybody by name, and whether they have a second factor."""
        with self._database.glance() as connection:
            rows = connection.execute(select(users).order_by(users.c.name)).all()
        return [(User(row.name, Role[row.role.upper()]), bool(row.totp)) for row in rows]

    def set_password(self, name: str, password: str) -> None:
        """Gives a new password and ends their sign-ins. Raises `UserError`."""
        self._change(name, password=_hashed(password), misses=0, locked_until=0.0)

    def set_role(self, name: str, role: Role) -> None:
        """Gives another role and ends their sign-ins. Raises `UserError`."""
        self._change(name, role=role.id)

    def set_totp(self, name: str, secret: str) -> None:
        """Asks for a second factor from now on, or no more (``""``). Raises `UserError`."""
        self._change(name, totp=secret, totp_used=0)

    def remove(self, name: str) -> None:
        """Raises `UserError`. What they did stays in the trail."""
        with self._database.transaction() as connection:
            connection.execute(delete(sign_ins).where(sign_ins.c.name == name))
            if not connection.execute(delete(users).where(users.c.name == name)).rowcount:
                raise UserError(_unknown(name))

    def checked(self, name: str, password: str, code: str, now: float) -> User:
        """The user, when all of it is right. Raises `RefusedError`, and never says what was wrong.

        Raises `CrowdedError` when too many are tried at this moment.
        """
        if not name.isprintable():
            raise RefusedError(tried=False)
        if not _HASHING.acquire(blocking=False):
            raise CrowdedError
        try:
            row = self._tried(name, now)
            right = _fits(row.password if row else _NOBODY, password)
        finally:
            _HASHING.release()
        if row is None or not right or not self._opened(row, code, now):
            raise RefusedError(tried=row is not None)
        return User(name, Role[row.role.upper()])

    def _tried(self, name: str, now: float) -> Any:
        """The row of ``name``, unless there is none or it has to wait.

        The guess is counted as a miss before it is looked at, so that many at once are not free ones.
        """
        with self._database.transaction() as connection:
            found = select(users).where(users.c.name == name, users.c.locked_until <= now)
            row = connection.execute(found.with_for_update()).one_or_none()
            if row is not None:
                counted = {"misses": row.misses + 1, "locked_until": now + _pause(row.misses + 1)}
                connection.execute(update(users).where(users.c.name == name).values(**counted))
        return row

    def _opened(self, row: Any, code: str, now: float) -> bool:
        """Whether ``code`` is right as well. Then the misses are forgotten, and it opens no second time."""
        step = _step(row.totp, code, now) if row.totp else row.totp_used + 1
        opened = update(users).where(users.c.name == row.name, users.c.totp_used < step)
        kept = {"totp_used": step} if row.totp else {}
        with self._database.transaction() as connection:
            done = connection.execute(opened.values(misses=0, locked_until=0.0, **kept))
        return bool(done.rowcount)

    def _change(self, name: str, **row: object) -> None:
        with self._database.transaction() as connection:
            if not connection.execute(update(users).where(users.c.name == name).values(**row)).rowcount:
                raise UserError(_unknown(name))
            connection.execute(delete(sign_ins).where(sign_ins.c.name == name))


def _hashed(password: str) -> str:
    if len(password) < SHORTEST_PASSWORD:
        raise UserError(f"use a password of {SHORTEST_PASSWORD} characters or more, such as four odd words")
    return _HASHER.hash(password)


def _pause(misses: int) -> float:
    """How many seconds the next guess has to wait after so many ``misses`` in a row."""
    if misses < _FREE_MISSES:
        return 0.0
    return min(_LONGEST_PAUSE, _FIRST_PAUSE * 2.0 ** min(20, misses - _FREE_MISSES))


def _fits(hashed: str, password: str) -> bool:
    try:
        return _HASHER.verify(hashed, password)
    except VerificationError:
        return False


def _step(secret: str, code: str, now: float) -> int:
    """The step of time (RFC 6238) that ``code`` is of, this one or one beside it; 0 when it is of none."""
    totp, step = pyotp.TOTP(secret, interval=_TOTP_SECONDS), int(now) // _TOTP_SECONDS
    for near in (step, step - 1, step + 1):
        if secrets.compare_digest(totp.generate_otp(near).encode(), code.strip().encode()):
            return near
    return 0


def _unknown(name: str) -> str:
    return f"there is no user {name}: `user list` shows all"
