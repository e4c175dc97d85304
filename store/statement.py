"""A statement that is part of every turn, given straight to the database's driver."""

from collections.abc import Callable, Mapping, MutableMapping
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Dialect, Executable, TypeDecorator
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.dml import UpdateBase
from sqlalchemy.sql.elements import ClauseElement
from sqlalchemy.sql.selectable import Select

_Change = Callable[[Any], Any]


@dataclass(frozen=True)
class _Compiled:
    """``into`` and ``out`` change values where a column is not kept as it is read, by name and by place."""

    sql: str
    constants: Mapping[str, Any]
    into: Mapping[str, _Change]
    out: Mapping[int, _Change]


class Statement:
    """One statement, compiled when it is first run: SQLAlchemy's own way there costs more than the database.

    Values go to the driver as they are, or as the type of a column of our own has them, which does for text
    and numbers; a statement is always run with values of the same names.
    """

    def __init__(self, statement: Executable) -> None:
        self._statement = statement
        self._compiled: MutableMapping[Dialect, _Compiled] = WeakKeyDictionary()

    def run(self, connection: Connection, values: Mapping[str, Any]) -> Any:
        """The first row of the result as a tuple, ``None`` when there is none.

        Raises SQLAlchemy's `DBAPIError`, which holds none of the values.
        """
        dialect = connection.dialect
        if dialect not in self._compiled:
            self._compiled[dialect] = self._compile(connection, values)
        how = self._compiled[dialect]
        given = {**how.constants, **values}
        for name, change in how.into.items():
            given[name] = change(given[name])
        cursor = connection.connection.cursor()
        try:
            cursor.execute(how.sql, given)
            row = cursor.fetchone() if cursor.description else None
        except dialect.loaded_dbapi.Error as error:
            raise DBAPIError(how.sql, None, error, hide_parameters=True) from error
        finally:
            cursor.close()
        if row is None or not how.out:
            return row
        return tuple(how.out[place](one) if place in how.out else one for place, one in enumerate(row))

    def _compile(self, connection: Connection, values: Mapping[str, Any]) -> _Compiled:
        assert isinstance(self._statement, ClauseElement)
        dialect = connection.dialect
        compiled = self._statement.compile(connection, column_keys=list(values))
        assert isinstance(compiled, SQLCompiler)
        into: dict[str, _Change] = {}
        for name, bind in compiled.binds.items():
            change = bind.type.bind_processor(dialect) if isinstance(bind.type, TypeDecorator) else None
            into |= {name: change} if change else {}
        out: dict[int, _Change] = {}
        if isinstance(self._statement, Select | UpdateBase):
            for place, column in enumerate(self._statement.exported_columns):
                own = isinstance(column.type, TypeDecorator)
                change = column.type.result_processor(dialect, None) if own else None
                out |= {place: change} if change else {}
        return _Compiled(str(compiled), compiled.params, into, out)
