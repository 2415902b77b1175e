"""Entries of a table of specs that also carry the name of a user's column: `{"name": "island", "type": "category"}`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from service.schema.fields import Registry, Spec
from service.schema.rules import Rule, Text, reject, shown
from service.schema.validation import SpecError, ValidationIssue

MAX_NAME = 200


@dataclass(frozen=True)
class ColumnName(Rule):
    """A text that every database can keep."""

    max_length: int

    def read(self, value: Any) -> str:
        text = Text(self.max_length).read(value)
        if "\0" in text:
            raise reject("must not hold a NUL character")
        return text


NAME = ColumnName(MAX_NAME)

C = TypeVar("C", bound=Spec)


@dataclass(frozen=True)
class Named(Generic[C]):
    """A user's column, and what it is."""

    name: str
    column: C


@dataclass(frozen=True)
class NamedChoice(Rule):
    """An object with a name, a type and the fields of the table's entry of that type."""

    table: Registry[Any]

    def read(self, value: Any) -> Named[Any]:
        if isinstance(value, Named):
            return Named(NAME.read(value.name), self.table.read(value.column))
        if not isinstance(value, Mapping):
            raise reject(f"must be an object with the name and the type of a column, got {shown(value)}")
        issues: list[ValidationIssue] = []
        try:
            NAME.read(value.get("name"))
        except SpecError as error:
            issues += [issue.under("name") for issue in error.issues]
        try:
            column = self.table.read({key: item for key, item in value.items() if key != "name"})
        except SpecError as error:
            raise SpecError([*issues, *error.issues]) from None
        if issues:
            raise SpecError(issues)
        return Named(value["name"], column)

    def write(self, value: Named[Any]) -> dict[str, Any]:
        return {"name": value.name, **self.table.write(value.column)}


@dataclass(frozen=True)
class OneOrMore(Rule):
    """One item, or a list of them; kept as a tuple."""

    rule: Rule

    def read(self, value: Any) -> tuple[Any, ...]:
        if not isinstance(value, list | tuple):
            return (self.rule.read(value),)
        if not value:
            raise reject("must not be an empty list")
        items: list[Any] = []
        issues: list[ValidationIssue] = []
        for index, item in enumerate(value):
            try:
                items.append(self.rule.read(item))
            except SpecError as error:
                issues += [issue.under(index) for issue in error.issues]
        if issues:
            raise SpecError(issues)
        return tuple(items)

    def write(self, value: Any) -> Any:
        return self.rule.write(value[0]) if len(value) == 1 else [self.rule.write(item) for item in value]
