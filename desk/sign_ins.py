"""Who is signed in at the desk: kept here, so that it can be ended from here."""

import hashlib
import secrets

from sqlalchemy import delete, insert, select, update

from desk.users import Role, User
from store.database import Database
from store.tables import sign_ins, users

# A page that nobody touched for so long shows nothing more (s), and neither does one of the shift before.
IDLE_SECONDS = 30 * 60.0
LONGEST_SECONDS = 12 * 3600.0
# Not every look is worth a write (s).
_TOUCH_AFTER = 60.0


class SignIns:
    """The sign-ins in ``database``. A browser holds a token, and the database only its hash."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def begin(self, user: User, now: float) -> str:
        """The token of a new sign-in."""
        token = secrets.token_urlsafe(32)
        with self._database.transaction() as connection:
            connection.execute(delete(sign_ins).where(sign_ins.c.at < now - LONGEST_SECONDS))
            connection.execute(
                insert(sign_ins).values(token=_hash(token), name=user.name, at=now, last_at=now)
            )
        return token

    def user(self, token: str, now: float, *, touch: bool = True, idle: float = IDLE_SECONDS) -> User | None:
        """Who holds ``token``; ``None`` when it is over, or not used for ``idle`` seconds.

        With ``touch`` the page counts as used.
        """
        if not token:
            return None
        hashed = _hash(token)
        found = select(users.c.name, users.c.role, sign_ins.c.at, sign_ins.c.last_at).join_from(
            sign_ins, users
        )
        with self._database.glance() as connection:
            row = connection.execute(found.where(sign_ins.c.token == hashed)).one_or_none()
        if row is None or now - row.at > LONGEST_SECONDS or now - row.last_at > idle:
            return None
        if touch and now - row.last_at > _TOUCH_AFTER:
            with self._database.transaction() as connection:
                connection.execute(update(sign_ins).where(sign_ins.c.token == hashed).values(last_at=now))
        return User(row.name, Role[row.role.upper()])

    def end(self, token: str) -> None:
        """Signs out."""
        with self._database.transaction() as connection:
            connection.execute(delete(sign_ins).where(sign_ins.c.token == _hash(token)))


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
