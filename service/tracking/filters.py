"""Filters of MLflow, such as `metrics.val_loss < 0.1 and params.batch_size = '32'`: comparisons joined by `and`."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

MAX_LENGTH, MAX_COMPARISONS = 4000, 50

OPERATORS: Mapping[str, Callable[[Any, Any], bool]] = MappingProxyType(
    {
        "=": operator.eq,
        "!=": operator.ne,
        "<": operator.lt,
        "<=": operator.le,
        ">": operator.gt,
        ">=": operator.ge,
    }
)
#: What a kind of value is called in a filter; without a prefix, an attribute is meant.
KINDS: Mapping[str, str] = MappingProxyType(
    {
        **dict.fromkeys(("metrics", "metric"), "metrics"),
        **dict.fromkeys(("params", "param", "parameters", "parameter"), "params"),
        **dict.fromkeys(("tags", "tag"), "tags"),
        **dict.fromkeys(("attributes", "attribute", "attr", "run"), "attributes"),
    }
)
TIMES = ("start_time", "end_time")
ATTRIBUTES = ("status", "run_id", "run_name", *TIMES)

#: Possessive, so that no text takes more than one pass.
TOKEN = re.compile(
    r"""(?P<key> (?:[A-Za-z_]++\s*+\.\s*+)? (?: `[^`]*+` | "[^"]*+" | [A-Za-z_][\w./:-]*+ ) ) \s*+
        (?P<operator> <= | >= | != | <> | == | = | < | > | (?<=[\s`"]) (?:not\s++)? [a-z]++ ) \s*+
        (?P<value> '[^']*+' | "[^"]*+" | [-+]? [\w.]++ (?:(?<=[eE])[-+]\d++)? | \([^)]*+\) ) \s*+
    """,
    re.VERBOSE | re.IGNORECASE,
)
AND = re.compile(r"and\b", re.IGNORECASE)


class FilterError(Exception):
    """A sentence about what is wrong with a filter."""


@dataclass(frozen=True)
class Key:
    """A value of a run: an attribute, a metric, a parameter or a tag."""

    kind: str
    name: str

    @property
    def is_number(self) -> bool:
        return self.kind == "metrics" or (self.kind == "attributes" and self.name in TIMES)

    def of(self, run: Mapping[str, Mapping[str, Any]]) -> Any:
        """None where the run has none."""
        return run[self.kind].get(self.name)


@dataclass(frozen=True)
class Comparison:
    key: Key
    operator: str
    value: str | float

    def holds(self, run: Mapping[str, Mapping[str, Any]]) -> bool:
        """A run that lacks the value is in no comparison, as in MLflow."""
        found = self.key.of(run)
        return found is not None and OPERATORS[self.operator](found, self.value)


def read_filter(text: str) -> tuple[Comparison, ...]:
    """Raises FilterError."""
    if len(text) > MAX_LENGTH:
        raise FilterError(f"must be at most {MAX_LENGTH:,} characters long")
    found: list[Comparison] = []
    rest = text.strip()
    while rest:
        if len(found) == MAX_COMPARISONS:
            raise FilterError(f"must have at most {MAX_COMPARISONS} comparisons")
        match = TOKEN.match(rest)
        if match is None:
            raise FilterError(f"cannot be read from here: {rest[:60]}; an example is metrics.loss < 0.1")
        found.append(_comparison(match))
        rest = _behind_and(rest[match.end() :])
    return tuple(found)


def read_key(text: str) -> Key:
    """Raises FilterError."""
    prefix, dot, name = text.partition(".")
    if not dot or prefix.startswith(("`", '"')):
        prefix, name = "attributes", text
    kind, name = KINDS.get(prefix.strip()), _unquoted(name.strip())
    if kind is None:
        raise FilterError(f"{prefix.strip()}. is not supported: compare metrics., params., tags. or attributes.")
    if kind == "attributes" and name not in ATTRIBUTES:
        raise FilterError(f"the attribute {name} is not supported, only {', '.join(ATTRIBUTES)}")
    return Key(kind, name)


def _comparison(match: re.Match[str]) -> Comparison:
    key, sign, value = read_key(match["key"]), match["operator"], match["value"]
    sign = {"==": "=", "<>": "!="}.get(sign, sign)
    if sign not in OPERATORS:
        raise FilterError(f"the operator {sign.upper()} is not supported, only {', '.join(OPERATORS)}")
    quoted = value[0] in "'\""
    if not key.is_number:
        if sign not in ("=", "!="):
            raise FilterError(f"{key.kind}.{key.name} is text, which only = and != compare")
        if not quoted:
            raise FilterError(f"{key.kind}.{key.name} must be compared with a text in quotes, got {value}")
        return Comparison(key, sign, value[1:-1])
    return Comparison(key, sign, _number(key, value[1:-1] if quoted else value))


def _behind_and(rest: str) -> str:
    """What comes behind a comparison, without the word that joins it."""
    if not rest:
        return ""
    joined = AND.match(rest)
    if joined is None:
        raise FilterError(f"must join comparisons by and, got {rest[:60]}")
    if not (behind := rest[joined.end() :].lstrip()):
        raise FilterError("must not end in and")
    return behind


def _number(key: Key, text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise FilterError(f"{key.kind}.{key.name} must be compared with a number, got {text}") from None


def _unquoted(name: str) -> str:
    return name[1:-1] if len(name) > 1 and name[0] in '`"' and name[-1] == name[0] else name
