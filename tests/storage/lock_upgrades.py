"""Watches transactions for a shared lock of a row that is made exclusive later.

Two transactions that do so with the same row wait for each other, and PostgreSQL breaks one of them off: "Tip",
https://www.postgresql.org/docs/current/explicit-locking.html#LOCKING-DEADLOCKS. A transaction that is going to change
a row has to lock it exclusively at first.
"""

import re

import sqlalchemy as sa

_SHARED = re.compile(r"\bFROM (\w+)\b.*\bFOR (?:KEY )?SHARE", re.DOTALL)
_EXCLUSIVE = re.compile(r"\bFROM (\w+)\b.*\bFOR (?:NO KEY )?UPDATE|^UPDATE (\w+)|^DELETE FROM (\w+)", re.DOTALL)


class LockUpgrades:
    """While it is listening, `found` has a line for each one."""

    def __init__(self):
        self.found = []
        self._held = {}

    def __enter__(self):
        sa.event.listen(sa.Engine, "before_cursor_execute", self._execute)
        for end in ("commit", "rollback"):
            sa.event.listen(sa.Engine, end, self._end)
        return self

    def __exit__(self, *_):
        sa.event.remove(sa.Engine, "before_cursor_execute", self._execute)
        for end in ("commit", "rollback"):
            sa.event.remove(sa.Engine, end, self._end)

    def _execute(self, connection, cursor, statement, parameters, context, executemany):
        if connection.dialect.name != "postgresql" or executemany:
            return
        held = self._held.setdefault(connection, {})
        rows = {value for value in dict(parameters).values() if isinstance(value, str)}
        if match := _EXCLUSIVE.search(statement):
            table = next(filter(None, match.groups()))
            for row in rows:
                if held.setdefault((table, row), "exclusive") == "shared":
                    self.found.append(f"{table} {row}: {statement}")
        elif match := _SHARED.search(statement):
            for row in rows:
                held.setdefault((match[1], row), "shared")

    def _end(self, connection):
        self._held.pop(connection, None)
