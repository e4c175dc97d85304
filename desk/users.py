"""Who may sign in at the desk, and whether it is them."""

import secrets
from dataclasses import dataclass
from enum import IntEnum

import pyotp
from argon2 import PasswordHasher
from argon2.exceptions import VerificationError, VerifyMismatchError
from sqlalchemy import delete, insert, select, update

from store.database import Database
from store.tables import sign_ins, users

SHORTEST_PASSWORD = 12
# Wrong passwords in a row that cost nothing; then each doubles the pause (s), up to a quarter of an hour.
_FREE_MISSES = 3
_FIRST_PAUSE, _LONGEST_PAUSE = 2.0, 900.0
_TOTP_SECONDS = 30
_HASHER = PasswordHasher()
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
    """Not let in. ``wait`` is for how many seconds no password of theirs is looked at.

    ``known``: there is such a user, which is for the trail only.
    """

    def __init__(self, wait: float = 0.0, *, known: bool = True) -> None:
        super().__init__("not let in")
        self.wait, self.known = wait, known


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
        """The user, when all of it is right. Raises `RefusedError`, and never says what was wrong."""
        if not name.isprintable():
            raise RefusedError(known=False)
        with self._database.transaction() as connection:
            row = connection.execute(
                select(users).where(users.c.name == name).with_for_update()
            ).one_or_none()
            if row is not None and row.locked_until > now:
                raise RefusedError(row.locked_until - now)
        # Deliberately slow, and therefore in no transaction.
        right = _fits(row.password if row else _NOBODY, password)
        step = _step(row.totp, code, now) if row and row.totp else 0
        if row is None:
            raise RefusedError(known=False)
        if not right or (row.totp and step <= row.totp_used):
            raise RefusedError(self._missed(name, now))
        self._change(name, keep_sign_ins=True, misses=0, locked_until=0.0, totp_used=step or row.totp_used)
        return User(name, Role[row.role.upper()])

    def _missed(self, name: str, now: float) -> float:
        """One more wrong password; the pause in seconds that follows."""
        with self._database.transaction() as connection:
            found = select(users.c.misses).where(users.c.name == name).with_for_update()
            misses = int(connection.execute(found).scalar_one_or_none() or 0) + 1
            pause = min(_LONGEST_PAUSE, _FIRST_PAUSE * 2.0 ** min(20, misses - _FREE_MISSES))
            pause = pause if misses >= _FREE_MISSES else 0.0
            row = {"misses": misses, "locked_until": now + pause}
            connection.execute(update(users).where(users.c.name == name).values(**row))
        return pause

    def _change(self, name: str, *, keep_sign_ins: bool = False, **row: object) -> None:
        with self._database.transaction() as connection:
            if not connection.execute(update(users).where(users.c.name == name).values(**row)).rowcount:
                raise UserError(_unknown(name))
            if not keep_sign_ins:
                connection.execute(delete(sign_ins).where(sign_ins.c.name == name))


def _hashed(password: str) -> str:
    if len(password) < SHORTEST_PASSWORD:
        raise UserError(f"use a password of {SHORTEST_PASSWORD} characters or more, such as four odd words")
    return _HASHER.hash(password)


def _fits(hashed: str, password: str) -> bool:
    try:
        return _HASHER.verify(hashed, password)
    except VerifyMismatchError:
        return False
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
