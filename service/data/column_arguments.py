"""Columns asked for in a query as `c.<name>`, for those whose name is an argument of the request itself."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from service.schema.validation import DataError, ValidationIssue

PREFIX = "c."


def by_column(given: Mapping[str, str], columns: Collection[str], taken: Sequence[str]) -> Mapping[str, str]:
    """The arguments with the names of the columns that they mean: `c.network` means the column `network`.

    A column whose own name begins like that is meant by it, unless its rest is a column of a name in `taken`, which can
    only be asked for in this way. Raises DataError for a column given twice.
    """
    if not any(name.startswith(PREFIX) for name in given):
        return given
    meant = {name: column_of(name, columns, taken) for name in given}
    if len(set(meant.values())) < len(meant):
        twice = {name for name, column in meant.items() if name != column and column in given}
        raise DataError(
            [ValidationIssue((name,), f"must be given once: {meant[name]} is given, too") for name in twice]
        )
    return {column: given[name] for name, column in meant.items()}


def column_of(name: str, columns: Collection[str], taken: Sequence[str]) -> str:
    rest = name.removeprefix(PREFIX)
    is_only_way = rest in columns and (rest in taken or rest.startswith("_"))
    return rest if rest != name and (name not in columns or is_only_way) else name
