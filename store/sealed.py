"""Columns that hold what people said, and their numbers: sealed in the file, and plain to who asks for them.

Texts are encrypted (Fernet: AES-128-CBC with an HMAC). A number is encrypted too, and is found by a keyed
hash (HMAC-SHA256, the first 128 bits) that stands before it. The hash's key is made with the database and
kept in it, sealed: it stays the same when the others change, since of somebody who was forgotten nothing is
left but the hash that says not to text them.
"""

import hashlib
import hmac
import secrets as random
from collections.abc import MutableMapping
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import (
    ColumnElement,
    Connection,
    Dialect,
    Engine,
    Text,
    TypeDecorator,
    func,
    insert,
    literal_column,
    select,
    table,
)
from sqlalchemy import column as named
from sqlalchemy.sql.operators import OperatorType, eq, ne

from store.keys import Keys

# So many characters of a number's column are its hash.
HASH_CHARACTERS = 32

_SECRETS = table("secrets", named("name", Text), named("sealed", Text))
_LOOKUP = "lookup"


class Seal:
    """What the columns of one database are sealed with: ``keys``, and the hash's key once it is unlocked."""

    def __init__(self, keys: Keys) -> None:
        self.keys = keys
        self._lookup = b""

    @property
    def locked(self) -> bool:
        """Whether the database was not opened yet."""
        return not self._lookup

    def unlock(self, connection: Connection) -> None:
        """Takes the hash's key out of the database. Raises `WrongKeysError`."""
        found = connection.execute(select(_SECRETS.c.sealed).where(_SECRETS.c.name == _LOOKUP)).scalar_one()
        self._lookup = bytes.fromhex(self.keys.open(found))

    def begin(self, connection: Connection) -> None:
        """Makes the hash's key of a database that has none yet."""
        made = self.keys.seal(random.token_hex(32))
        connection.execute(insert(_SECRETS).values(name=_LOOKUP, sealed=made))
        self.unlock(connection)

    def hashed(self, number: str) -> str:
        """By which ``number`` is found."""
        assert self._lookup, "the database was not opened"
        digest = hmac.new(self._lookup, number.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()
        return digest[:HASH_CHARACTERS]

    def number(self, number: str) -> str:
        """What is kept of ``number``: its hash, and itself sealed."""
        return self.hashed(number) + self.keys.seal(number)

    def text(self, text: str) -> str:
        """What is kept of ``text``. That there is none is no secret."""
        return self.keys.seal(text) if text else ""


_SEALS: MutableMapping[Dialect, Seal] = WeakKeyDictionary()


def seal_with(engine: Engine, seal: Seal) -> None:
    """From now on the columns that go through ``engine`` are sealed with ``seal``."""
    _SEALS[engine.dialect] = seal


def seal_of(dialect: Dialect) -> Seal:
    """What the columns of the database behind ``dialect`` are sealed with."""
    return _SEALS[dialect]


class Sealed(TypeDecorator[str]):
    """A text that only its keys open. It cannot be searched for, except for ``""``."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """As it is kept."""
        return None if value is None else seal_of(dialect).text(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        """As it was given."""
        return seal_of(dialect).keys.open(value) if value else value


class Hashed(TypeDecorator[str]):
    """A number of which only the hash is kept: it is found, and read by nobody."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """As it is kept."""
        return None if value is None else seal_of(dialect).hashed(value)


class Number(TypeDecorator[str]):
    """A number, or what else people are known by: sealed, and found by its hash with ``==`` and ``!=``."""

    impl = Text
    cache_ok = True

    class comparator_factory(TypeDecorator.Comparator[str]):  # noqa: N801  (SQLAlchemy's name)
        def operate(self, op: OperatorType, *other: Any, **kwargs: Any) -> ColumnElement[Any]:
            """Numbers are compared by their hashes, and in no other way than whether they are the same."""
            if op not in (eq, ne) or other[0] is None:
                return super().operate(op, *other, **kwargs)
            sides = [hash_of(one) if _is_number(one) else one for one in (self.expr, *other)]
            return op(*sides)  # type: ignore[no-any-return]

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """As it is kept."""
        return None if value is None else seal_of(dialect).number(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        """As it was given."""
        return None if value is None else seal_of(dialect).keys.open(value[HASH_CHARACTERS:])


def hash_of(number: ColumnElement[Any]) -> ColumnElement[str]:
    """The hash in a column of type `Number`, as its index has it: both databases ask for these very words."""
    length: ColumnElement[int] = literal_column(str(HASH_CHARACTERS))
    return func.substr(number, literal_column("1"), length, type_=Hashed)


def _is_number(one: Any) -> bool:
    return isinstance(getattr(one, "type", None), Number)
