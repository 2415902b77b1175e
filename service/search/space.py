"""The space of a search: its parameters, which of them a trial has, and what they are."""

from __future__ import annotations

import itertools
import math
from abc import abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from service.schema.fields import Registry, Spec, field
from service.schema.rules import Anything, Integer, Items, Number, OneOf, reject, shown
from service.schema.types import Json
from service.schema.validation import SpecError, ValidationIssue
from service.search.pointers import Path, read_pointer

MAX_PARAMETERS = 50
MAX_VALUES = 100
MAX_STEPS = 1000
LINEAR, LOG = "linear", "log"
#: The bodies that a pointer leads into.
BODIES = NETWORK, TRAINING = "network", "training"
WHEN_HELP = "the trial has this parameter only where other ones have these values, by pointer"
SCALE = OneOf((LINEAR, LOG))


@dataclass(frozen=True, kw_only=True)
class Parameter(Spec):
    """What a trial may take: one value, drawn by a number from 0 to 1."""

    when: Any = field(Anything(), default=None, help=WHEN_HELP)

    @abstractmethod
    def at(self, share: float) -> Any:
        """The value at a share of the way through the parameter, from 0 to below 1."""

    @abstractmethod
    def ends(self) -> Sequence[tuple[Path, Any]]:
        """The values at its ends, each with where the request has it."""

    @abstractmethod
    def grid(self) -> Sequence[Any] | None:
        """All values of a grid; None where it does not say how many."""

    @abstractmethod
    def allows(self, value: Any) -> str | None:
        """None, or what a value of one's own must be."""


@dataclass(frozen=True, kw_only=True)
class Range(Parameter):
    low: float = field(Number())
    high: float = field(Number())
    scale: str = field(SCALE, default=LINEAR, help="log: equal ratios are equally likely")
    steps: int | None = field(
        Integer(minimum=2, maximum=MAX_STEPS), default=None, help="how many values a grid has, both ends among them"
    )

    def cross_check(self) -> Iterator[ValidationIssue]:
        if self.low >= self.high:
            yield ValidationIssue(("high",), f"must be more than low, {self.low:g}, got {self.high:g}")
        if self.scale == LOG and self.low <= 0:
            yield ValidationIssue(("low",), f"must be above 0 on a log scale, got {self.low:g}")

    def ends(self) -> Sequence[tuple[Path, Any]]:
        return [(("low",), self.low), (("high",), self.high)]

    def allows(self, value: Any) -> str | None:
        if _is_number(value) and self.low <= value <= self.high:
            return None
        return f"must be a number from {self.low:g} to {self.high:g}, got {shown(value)}"


@dataclass(frozen=True, kw_only=True)
class Float(Range):
    name: ClassVar[str] = "float"

    def at(self, share: float) -> float:
        if self.scale == LINEAR:
            return min(self.low + share * (self.high - self.low), self.high)
        low, high = math.log(self.low), math.log(self.high)
        return min(max(math.exp(low + share * (high - low)), self.low), self.high)

    def grid(self) -> Sequence[float] | None:
        if self.steps is None:
            return None
        return [self.low, *(self.at(step / (self.steps - 1)) for step in range(1, self.steps - 1)), self.high]


@dataclass(frozen=True, kw_only=True)
class Int(Range):
    name: ClassVar[str] = "int"
    low: int = field(Integer(minimum=-(2**53), maximum=2**53))
    high: int = field(Integer(minimum=-(2**53), maximum=2**53))

    def at(self, share: float) -> int:
        if self.scale == LINEAR:
            return min(self.low + math.floor(share * (self.high - self.low + 1)), self.high)
        low, high = math.log(self.low - 0.5), math.log(self.high + 0.5)
        return min(max(round(math.exp(low + share * (high - low))), self.low), self.high)

    def grid(self) -> Sequence[int] | None:
        if self.steps is None:
            return range(self.low, self.high + 1) if self.high - self.low < MAX_STEPS else None
        whole = Float(low=self.low, high=self.high, scale=self.scale, steps=self.steps).grid() or ()
        return list(dict.fromkeys(round(value) for value in whole))

    def allows(self, value: Any) -> str | None:
        if isinstance(value, int) and not isinstance(value, bool) and self.low <= value <= self.high:
            return None
        return f"must be a whole number from {self.low} to {self.high}, got {shown(value)}"


@dataclass(frozen=True, kw_only=True)
class Values(Parameter):
    name: ClassVar[str] = "values"
    values: tuple[Any, ...] = field(Items(Anything(), at_least=1, at_most=MAX_VALUES), help="any JSON")

    def cross_check(self) -> Iterator[ValidationIssue]:
        for index, value in enumerate(self.values):
            if any(same(value, other) for other in self.values[:index]):
                yield ValidationIssue(("values", index), "occurs twice")

    def at(self, share: float) -> Any:
        return self.values[min(int(share * len(self.values)), len(self.values) - 1)]

    def ends(self) -> Sequence[tuple[Path, Any]]:
        return [(("values", index), value) for index, value in enumerate(self.values)]

    def grid(self) -> Sequence[Any]:
        return self.values

    def allows(self, value: Any) -> str | None:
        return None if any(same(value, one) for one in self.values) else "must be one of the parameter's values"


PARAMETERS: Registry[Parameter] = Registry("parameter", Float, Int, Values)


@dataclass(frozen=True)
class Space:
    """Parameters by pointer, each behind those that its condition names."""

    parameters: Mapping[str, Parameter]

    def active(self, drawn: Mapping[str, Any]) -> dict[str, Any]:
        """Of a value for each parameter, those that a trial has."""
        kept: dict[str, Any] = {}
        for pointer, parameter in self.parameters.items():
            if pointer in drawn and self.is_active(parameter, kept):
                kept[pointer] = drawn[pointer]
        return kept

    def is_active(self, parameter: Parameter, chosen: Mapping[str, Any]) -> bool:
        """Whether a trial with these values has the parameter."""
        wanted = parameter.when or {}
        return all(pointer in chosen and same(chosen[pointer], value) for pointer, value in wanted.items())

    def at(self, shares: Sequence[float]) -> dict[str, Any]:
        """A trial's parameters from a number for each parameter."""
        drawn = {
            pointer: parameter.at(share)
            for (pointer, parameter), share in zip(self.parameters.items(), shares, strict=True)
        }
        return self.active(drawn)

    def grid(self) -> Iterator[dict[str, Any]]:
        """Every combination, the last parameter the fastest."""
        return self._combined(list(self.parameters.items()), {})

    def _combined(self, left: Sequence[tuple[str, Parameter]], chosen: dict[str, Any]) -> Iterator[dict[str, Any]]:
        if not left:
            yield chosen
            return
        (pointer, parameter), *rest = left
        if not self.is_active(parameter, chosen):
            yield from self._combined(rest, chosen)
            return
        for value in parameter.grid() or ():
            yield from self._combined(rest, {**chosen, pointer: value})

    def grid_at(self, number: int) -> dict[str, Any] | None:
        """The combination of this number, from 0; None beyond the last one."""
        if any(parameter.when for parameter in self.parameters.values()):
            return next(itertools.islice(self.grid(), number, None), None)
        chosen: dict[str, Any] = {}
        for pointer, parameter in reversed(list(self.parameters.items())):
            values = parameter.grid() or ()
            number, place = divmod(number, len(values))
            chosen[pointer] = values[place]
        return None if number else {pointer: chosen[pointer] for pointer in self.parameters}

    def grid_size(self, most: int) -> int:
        """How many combinations there are, counted no further than one beyond `most`."""
        return sum(1 for _ in itertools.islice(self.grid(), most + 1))

    def to_json(self) -> dict[str, Json]:
        return {pointer: PARAMETERS.write(parameter) for pointer, parameter in self.parameters.items()}


def read_space(value: Any) -> Space:
    """Raises SpecError with everything that is wrong, each below the parameter's pointer."""
    if not isinstance(value, Mapping) or not value:
        raise reject(f"must be an object with at least one parameter by its pointer, got {_shown(value)}")
    if len(value) > MAX_PARAMETERS:
        raise reject(f"must have at most {MAX_PARAMETERS} parameters, got {len(value)}")
    read: dict[str, Parameter] = {}
    issues: list[ValidationIssue] = []
    for pointer, given in value.items():
        try:
            _check_pointer(pointer)
            read[pointer] = _read_parameter(given)
        except SpecError as error:
            issues += [issue.under(pointer) for issue in error.issues]
    issues += [] if issues else _condition_issues(read)
    if issues:
        raise SpecError(issues)
    return Space(_in_order(read))


def same(one: Any, other: Any) -> bool:
    """Whether two JSON values are equal; true is not 1."""
    return bool(one == other) and isinstance(one, bool) is isinstance(other, bool)


def _read_parameter(given: Any) -> Parameter:
    if isinstance(given, Mapping) and "type" not in given and "values" in given:
        given = {"type": Values.name, **given}
    return PARAMETERS.read(given)


def _shown(value: Any) -> str:
    return "an empty object" if value == {} else shown(value)


def _check_pointer(pointer: str) -> None:
    parts = read_pointer(pointer)
    if parts[0] not in BODIES or len(parts) < 2:
        raise reject(f"must begin with {' or '.join(f'/{body}/' for body in BODIES)}, and name what stands there")


def _condition_issues(read: Mapping[str, Parameter]) -> Iterator[ValidationIssue]:
    for pointer, parameter in read.items():
        if parameter.when is None:
            continue
        if not isinstance(parameter.when, Mapping) or not parameter.when:
            yield ValidationIssue(
                (pointer, "when"), f"must be an object with a value by pointer, got {_shown(parameter.when)}"
            )
            continue
        for other, value in parameter.when.items():
            if other not in read or other == pointer:
                yield ValidationIssue((pointer, "when", other), "must be the pointer of another parameter")
            elif (words := read[other].allows(value)) is not None:
                yield ValidationIssue((pointer, "when", other), words)
        if _depends_on_itself(pointer, read):
            yield ValidationIssue((pointer, "when"), "must not depend on this parameter itself")


def _depends_on_itself(pointer: str, read: Mapping[str, Parameter]) -> bool:
    seen, left = set[str](), list(read[pointer].when)
    while left:
        other = left.pop()
        if other == pointer:
            return True
        if other in seen or other not in read:
            continue
        seen.add(other)
        left += read[other].when if isinstance(read[other].when, Mapping) else ()
    return False


def _in_order(read: Mapping[str, Parameter]) -> dict[str, Parameter]:
    """As given, but each behind those that it depends on."""
    ordered: dict[str, Parameter] = {}
    while len(ordered) < len(read):
        for pointer, parameter in read.items():
            if pointer not in ordered and all(other in ordered for other in parameter.when or {}):
                ordered[pointer] = parameter
    return ordered


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
