"""A statement that is part of every turn, given straight to the database's driver."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Executable
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.elements import ClauseElement


class Statement:
    """One statement, compiled when it is first run: SQLAlchemy's own way there costs more than the database.

    Values go to the driver as they are, which does for columns of text and numbers, and a statement is
    always run with values of the same names.
    """

    def __init__(self, statement: Executable) -> None:
        self._statement = statement
        self._compiled: dict[str, tuple[str, Mapping[str, Any]]] = {}

    def run(self, connection: Connection, values: Mapping[str, Any]) -> Any:
        """The first row of the result as a tuple, ``None`` when there is none.

        Raises SQLAlchemy's `DBAPIError`, which holds none of the values.
        """
        dialect = connection.dialect
        if dialect.name not in self._compiled:
            self._compiled[dialect.name] = self._compile(connection, values)
        sql, constants = self._compiled[dialect.name]
        cursor = connection.connection.cursor()
        try:
            cursor.execute(sql, {**constants, **values})
            return cursor.fetchone() if cursor.description else None
        except dialect.loaded_dbapi.Error as error:
            raise DBAPIError(sql, None, error, hide_parameters=True) from error
        finally:
            cursor.close()

    def _compile(self, connection: Connection, values: Mapping[str, Any]) -> tuple[str, Mapping[str, Any]]:
        assert isinstance(self._statement, ClauseElement)
        compiled = self._statement.compile(connection, column_keys=list(values))
        return str(compiled), compiled.params
