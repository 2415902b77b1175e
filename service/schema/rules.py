"""Rules for the value of one field of a spec.

A rule reads one value, from JSON or from Python. It returns the value as the spec keeps it, or raises `SpecError` with
a path relative to itself; the holder of the rule prepends its own path.
"""

from __future__ import annotations

import difflib
import math
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from service.schema.validation import SpecError, ValidationIssue

#: Number of known names an error lists: a table may have thousands of columns.
SHOWN_NAMES = 50
#: A list with so many bad items is not read further.
MAX_ISSUES = 1000
#: How often `unknown` still looks for a near name, until it has found one; None: always.
hints_left: ContextVar[int | None] = ContextVar("hints_left", default=None)


def reject(message: str) -> SpecError:
    return SpecError([ValidationIssue((), message)])


class Rule(ABC):
    """Reads and writes the value of one field."""

    @abstractmethod
    def read(self, value: Any) -> Any:
        """Return the value as the spec keeps it; raise SpecError if it is not allowed."""

    def write(self, value: Any) -> Any:
        """Return the value as JSON data."""
        return value


@dataclass(frozen=True)
class Anything(Rule):
    """Any JSON, unchanged: it was read before, or is large and read once elsewhere."""

    def read(self, value: Any) -> Any:
        return value


@dataclass(frozen=True)
class Integer(Rule):
    minimum: int | None = None
    maximum: int | None = None

    def read(self, value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int):
            raise reject(f"must be a whole number, got {shown(value)}")
        if self.minimum is not None and value < self.minimum:
            raise reject(f"must be at least {self.minimum}, got {shown(value)}")
        if self.maximum is not None and value > self.maximum:
            raise reject(f"must be at most {self.maximum}, got {shown(value)}")
        return value


@dataclass(frozen=True)
class Number(Rule):
    """A finite number; `minimum` and `maximum` are inclusive, `above` and `below` exclusive."""

    minimum: float | None = None
    maximum: float | None = None
    above: float | None = None
    below: float | None = None

    def read(self, value: Any) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise reject(f"must be a number, got {shown(value)}")
        try:
            number = float(value)
        except OverflowError:
            raise reject("must be a finite number") from None
        if not math.isfinite(number):
            raise reject("must be a finite number")
        if not self._within(number):
            raise reject(f"must be {self.range_in_words()}, got {shown(value)}")
        return number

    def _within(self, number: float) -> bool:
        return (
            (self.minimum is None or number >= self.minimum)
            and (self.maximum is None or number <= self.maximum)
            and (self.above is None or number > self.above)
            and (self.below is None or number < self.below)
        )

    def range_in_words(self) -> str:
        limits = (
            ("at least", self.minimum),
            ("above", self.above),
            ("at most", self.maximum),
            ("below", self.below),
        )
        return " and ".join(f"{word} {limit:g}" for word, limit in limits if limit is not None)


@dataclass(frozen=True)
class Flag(Rule):
    def read(self, value: Any) -> bool:
        if not isinstance(value, bool):
            raise reject(f"must be true or false, got {shown(value)}")
        return value


@dataclass(frozen=True)
class Text(Rule):
    max_length: int

    def read(self, value: Any) -> str:
        if not isinstance(value, str) or not value:
            raise reject(f"must be a text, got {shown(value)}")
        if len(value) > self.max_length:
            raise reject(f"must have at most {self.max_length} characters, got {len(value)}")
        return value


@dataclass(frozen=True)
class Reference(Text):
    """The id or the name of something stored."""

    max_length: int = 200

    def read(self, value: Any) -> str:
        text = super().read(value)
        if "\0" in text:
            raise reject("must not hold a NUL character")
        return text


@dataclass(frozen=True)
class OneOf(Rule):
    """One of a few fixed words."""

    words: tuple[str, ...]

    def read(self, value: Any) -> str:
        if not isinstance(value, str) or value not in self.words:
            raise reject(f"must be one of {', '.join(self.words)}; got {shown(value)}")
        return value


@dataclass(frozen=True)
class OrWord(Rule):
    """A value of another rule, or one fixed word such as "full"."""

    rule: Rule
    word: str

    def read(self, value: Any) -> Any:
        if value == self.word and isinstance(value, str):
            return value
        if isinstance(value, str):
            raise reject(f'must be "{self.word}" or a number, got {shown(value)}')
        return self.rule.read(value)


@dataclass(frozen=True)
class OrNull(Rule):
    """A value by another rule, or null, which means something of its own."""

    rule: Rule

    def read(self, value: Any) -> Any:
        return None if value is None else self.rule.read(value)


@dataclass(frozen=True)
class Items(Rule):
    """A list whose items all follow one rule."""

    rule: Rule
    at_least: int = 0
    at_most: int | None = None

    def read(self, value: Any) -> tuple[Any, ...]:
        if isinstance(value, str) or not isinstance(value, Sequence):
            raise reject(f"must be a list, got {shown(value)}")
        if len(value) < self.at_least:
            raise reject(f"must have at least {self.at_least} item{'s' * (self.at_least != 1)}, got {len(value)}")
        if self.at_most is not None and len(value) > self.at_most:
            raise reject(f"must have at most {self.at_most} items, got {len(value)}")
        items: list[Any] = []
        issues: list[ValidationIssue] = []
        for index, item in enumerate(value):
            try:
                items.append(self.rule.read(item))
            except SpecError as error:
                issues.extend(issue.under(index) for issue in error.issues)
                if len(issues) >= MAX_ISSUES:
                    break
        if issues:
            raise SpecError(issues)
        return tuple(items)

    def write(self, value: Any) -> list[Any]:
        return [self.rule.write(item) for item in value]


@dataclass(frozen=True)
class OrItems(Rule):
    """One value, or a list of others."""

    rule: Rule
    items: Items

    def read(self, value: Any) -> Any:
        return (self.items if isinstance(value, list | tuple) else self.rule).read(value)

    def write(self, value: Any) -> Any:
        return (self.items if isinstance(value, tuple) else self.rule).write(value)


@dataclass(frozen=True)
class Grid(Rule):
    """Numbers as nested lists: a vector (`dimensions` 1) or a matrix (2), kept as nested tuples of floats."""

    dimensions: int

    def read(self, value: Any) -> tuple[Any, ...]:
        if self.dimensions == 1 and (numbers := plain_numbers(value)) is not None:
            return numbers
        grid = Items(Number() if self.dimensions == 1 else Grid(self.dimensions - 1)).read(value)
        if self.dimensions == 2 and len({len(row) for row in grid}) > 1:
            raise reject("must have rows of equal length")
        return grid

    def write(self, value: Any) -> list[Any]:
        return [list(row) for row in value] if self.dimensions == 2 else list(value)


def plain_numbers(value: Any) -> tuple[float, ...] | None:
    """A list of finite numbers as floats, many times faster than one by one; None for anything else."""
    if type(value) not in (list, tuple) or not set(map(type, value)) <= {float, int}:
        return None
    try:
        numbers = tuple(map(float, value))
    except OverflowError:
        return None
    return numbers if all(map(math.isfinite, numbers)) else None


def unknown(got: Any, known: Iterable[str], kind: str) -> str:
    """The message for an unknown name, with the closest known one."""
    names = list(known)
    near = nearest(got, names)
    hint = f'did you mean "{near}"? Known' if near else "known"
    rest = f" and {len(names) - SHOWN_NAMES} more" if len(names) > SHOWN_NAMES else ""
    return f"unknown {kind} {shown(got)}; {hint}: {', '.join(names[:SHOWN_NAMES])}{rest}"


def nearest(got: Any, names: Sequence[str]) -> str | None:
    """The known name that is most like an unknown one, if one is; see `hints_left`."""
    left = hints_left.get()
    if left == 0 or not isinstance(got, str):
        return None
    near = difflib.get_close_matches(got, names, n=1)
    if left is not None:
        hints_left.set(0 if near else left - 1)
    return near[0] if near else None


def shown(value: Any) -> str:
    """A value as an error quotes it: short, whatever its size."""
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, Mapping):
        return "an object"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "a list"
    try:
        text = f'"{value}"' if isinstance(value, str) else str(value)
    except ValueError:  # an integer of more digits than Python prints
        return "a very large number"
    return text if len(text) <= 60 else text[:57] + "…"
