"""How a program encodes rows: for each column of a table a call of one of this package's functions."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

from service.data.preprocessing.boolean import BooleanColumn, BooleanState
from service.data.preprocessing.category import CategoryColumn, CategoryState
from service.data.preprocessing.column import InputColumn
from service.data.preprocessing.fitted import Fitted
from service.data.preprocessing.number import NumberColumn, NumberState
from service.data.preprocessing.scalers import Scaling
from service.data.preprocessing.time import PARTS, TimeColumn, TimeState
from service.exports.program.code import Code, call
from service.exports.source import NotExportable


def column_calls(fitted: Fitted) -> Iterator[str]:
    """Expressions for lists of encoded columns, in the order of the table. Raises NotExportable."""
    for name, column in fitted.spec.columns.items():
        write = WRITERS.get(type(column))
        if write is None:
            raise NotExportable(f"python has no form of the column {name} ({column.name}) here")
        required = {"required": True} if column.is_required else {}
        yield call(column.name, Code("rows"), name, **write(column, fitted.states[name]), **required)


def _number(column: NumberColumn, state: NumberState) -> dict[str, Any]:
    low, high = column.clip_range(state)
    optional = {
        "low": low,
        "high": high,
        "log": column.log or None,
        "bound": column.smooth_clip,
        "knots": state.knots or None,
        "bins": column.bin_count or None,
        "indicator": column.indicator or None,
    }
    return {"fill": state.fill, "scale": _scale(state.scaling), **_given(optional)}


def _boolean(column: BooleanColumn, state: BooleanState) -> dict[str, Any]:
    return {"fill": state.fill, **_given({"indicator": column.indicator or None})}


def _category(column: CategoryColumn, state: CategoryState) -> dict[str, Any]:
    is_code = column.encode == "embedding"
    words = {"numbers": dict(column.vocabulary.numbers) or None, "flags": dict(column.vocabulary.flags) or None}
    known = {"categories": column.categories, "fill": state.fill, "width": 0 if is_code else column.width}
    return known | _given(words)


def _time(column: TimeColumn, state: TimeState) -> dict[str, Any]:
    scalings = iter(state.scalings)
    parts = {part: None if PARTS[part].period else _scale(next(scalings)) for part in column.parts}
    return {"fill": state.fill, "parts": parts, **_given({"indicator": column.indicator or None})}


def _scale(scaling: Scaling) -> Code:
    return Code(call("quantiles", *scaling.knots) if scaling.knots else call("linear", scaling.shift, scaling.scale))


def _given(arguments: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in arguments.items() if value is not None}


WRITERS: Mapping[type[InputColumn], Callable[[Any, Any], dict[str, Any]]] = MappingProxyType(
    {NumberColumn: _number, BooleanColumn: _boolean, CategoryColumn: _category, TimeColumn: _time}
)
