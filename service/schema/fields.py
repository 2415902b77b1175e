"""Declares the fields of a spec, once: reader, writer, errors and documentation all derive from here.

A spec is a frozen dataclass whose fields carry a rule (see `rules`).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import MISSING, dataclass
from typing import Any, ClassVar, Generic, Self, TypeVar

from service.schema.rules import Rule, reject, shown, unknown
from service.schema.validation import SpecError, ValidationIssue


class Spec:
    """Base of every frozen dataclass a JSON spec is read into.

    Values are checked on construction too, so every existing spec is valid.
    """

    name: ClassVar[str] = ""
    formula: ClassVar[str] = ""
    source: ClassVar[str] = ""

    def __post_init__(self) -> None:
        given = {field.name: getattr(self, field.name) for field in spec_fields(type(self))}
        values, issues = read_values(type(self), given)
        for key, value in values.items():
            object.__setattr__(self, key, value)
        issues += [] if issues else self.cross_check()
        if issues:
            raise SpecError(issues)

    def cross_check(self) -> Iterable[ValidationIssue]:
        """Errors between fields."""
        return ()

    @classmethod
    def from_json(cls, value: Any) -> Self:
        """Read a JSON object; raise SpecError with every error found."""
        if not isinstance(value, Mapping):
            raise reject(f"must be an object, got {shown(value)}")
        known = {field.name: field for field in spec_fields(cls)}
        issues = [ValidationIssue((key,), unknown(key, known, "field")) for key in value if key not in known]
        issues += [
            ValidationIssue((key,), "is required")
            for key, field in known.items()
            if field.default is MISSING and field.default_factory is MISSING and key not in value
        ]
        given = {key: item for key, item in value.items() if key in known}
        if issues:
            raise SpecError(issues + read_values(cls, given)[1])
        return cls(**given)

    def to_json(self) -> dict[str, Any]:
        """The whole spec as JSON data, with defaults unless a field excludes its own; `from_json` reads it back to an
        equal spec."""
        given = ((item, getattr(self, item.name)) for item in spec_fields(type(self)))
        return {item.name: write_value(item, value) for item, value in given if not _is_left_out(item, value)}


S = TypeVar("S", bound=Spec)


class Registry(Generic[S]):
    """One kind of thing a spec can name: JSON name to spec class, in documentation order."""

    def __init__(self, kind: str, *entries: type[S]) -> None:
        self.kind = kind
        self.entries: dict[str, type[S]] = {entry.name: entry for entry in entries}

    def add(self, entry: type[S]) -> None:
        """For a registry whose entries refer to it, as a residual block does."""
        self.entries[entry.name] = entry

    def __iter__(self) -> Iterator[str]:
        return iter(self.entries)

    def __getitem__(self, name: str) -> type[S]:
        return self.entries[name]

    def read(self, value: Any) -> S:
        """Read `"relu"` or `{"type": "leaky_relu", "negative_slope": 0.1}`."""
        if isinstance(value, Spec):
            return self._read_spec(value)
        if isinstance(value, str):
            value = {"type": value}
        if not isinstance(value, Mapping):
            raise reject(f"must be a {self.kind} name or an object with a type, got {shown(value)}")
        if "type" not in value:
            raise SpecError([ValidationIssue(("type",), f"is required; known: {', '.join(self)}")])
        kind = value["type"]
        if not isinstance(kind, str) or kind not in self.entries:
            raise SpecError([ValidationIssue(("type",), unknown(kind, self.entries, self.kind))])
        return self.entries[kind].from_json({key: item for key, item in value.items() if key != "type"})

    def _read_spec(self, value: Spec) -> S:
        if type(value) not in self.entries.values():
            raise reject(f"must be one of {', '.join(self)}; got {type(value).__name__}")
        return value  # type: ignore[return-value]  # the line above checks it

    def write(self, value: S) -> dict[str, Any]:
        return {"type": value.name, **value.to_json()}


@dataclass(frozen=True)
class Choice(Rule):
    """One entry of a registry, by name or as an object with a type."""

    table: Registry[Any]

    def read(self, value: Any) -> Spec:
        try:
            return self.table.read(value)  # type: ignore[no-any-return]
        except SpecError as error:
            # A bare name has no fields to point to: the error is at the name itself.
            if isinstance(value, str):
                raise SpecError(ValidationIssue((), issue.message) for issue in error.issues) from None
            raise

    def write(self, value: Any) -> Any:
        written = self.table.write(value)
        return written if len(written) > 1 else value.name


@dataclass(frozen=True)
class Nested(Rule):
    """An object of one spec class."""

    spec: type[Spec]

    def read(self, value: Any) -> Spec:
        return value if isinstance(value, self.spec) else self.spec.from_json(value)

    def write(self, value: Spec) -> dict[str, Any]:
        return value.to_json()


def field(rule: Rule, *, default: Any = MISSING, help: str = "", exclude_default: bool = False) -> Any:
    """Declare a spec field. A default of None makes the field optional: null is then allowed too. With
    `exclude_default`, its default is not written: for a field that a stored spec may be older than."""
    metadata = {"rule": rule, "help": help, "exclude_default": exclude_default}
    if default is MISSING:
        return dataclasses.field(metadata=metadata)
    return dataclasses.field(default=default, metadata=metadata)


def spec_fields(cls: type[Spec]) -> tuple[dataclasses.Field[Any], ...]:
    return tuple(item for item in dataclasses.fields(cls) if "rule" in item.metadata)  # type: ignore[arg-type]


def read_values(cls: type[Spec], given: Mapping[str, Any]) -> tuple[dict[str, Any], list[ValidationIssue]]:
    values: dict[str, Any] = {}
    issues: list[ValidationIssue] = []
    for item in spec_fields(cls):
        if item.name not in given:
            continue
        value = given[item.name]
        if value is None and item.default is None:
            values[item.name] = None
            continue
        try:
            values[item.name] = item.metadata["rule"].read(value)
        except SpecError as error:
            issues.extend(issue.under(item.name) for issue in error.issues)
    return values, issues


def _is_left_out(item: dataclasses.Field[Any], value: Any) -> bool:
    return bool(item.metadata["exclude_default"]) and value == item.default


def write_value(item: dataclasses.Field[Any], value: Any) -> Any:
    return None if value is None else item.metadata["rule"].write(value)
