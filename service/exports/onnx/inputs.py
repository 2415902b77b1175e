"""The inputs of a graph: one for each column of a table, or one for the numbers of a row."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import groupby
from types import MappingProxyType
from typing import Any

from numpy.typing import DTypeLike

from service.data.frame import Kind
from service.data.preprocessing.boolean import BooleanColumn
from service.data.preprocessing.category import CategoryColumn
from service.data.preprocessing.column import InputColumn
from service.data.preprocessing.fitted import Fitted
from service.data.preprocessing.number import NumberColumn
from service.data.preprocessing.time import TimeColumn
from service.data.signatures.numbered import numbered
from service.exports.onnx.categories import category
from service.exports.onnx.graph import FLOAT64, INT64, TEXT, Graph, Value
from service.exports.onnx.numbers import boolean, number, plain_numbers
from service.exports.onnx.times import time
from service.exports.source import NotExportable, Source

#: What holds the cells of each kind of column.
CELLS: Mapping[Kind, DTypeLike] = MappingProxyType(
    {"number": FLOAT64, "boolean": FLOAT64, "category": TEXT, "time": INT64}
)
WRITERS: Mapping[type[InputColumn], Callable[[Any, Any, Value], list[Value]]] = MappingProxyType(
    {NumberColumn: number, BooleanColumn: boolean, CategoryColumn: category, TimeColumn: time}
)
#: The input of a network of plain numbers.
MATRIX = "x"


def input_names(source: Source, *, by_column: bool) -> tuple[str, ...]:
    if source.fitted is not None:
        return source.inputs
    if not by_column:
        return (MATRIX,)
    features = source.signature.encoded_names
    return features or tuple(numbered(MATRIX, source.network.inputs))


def encoded(source: Source, graph: Graph, *, by_column: bool, flat: bool) -> Value:
    """The network's inputs (rows, inputs) in its dtype. `by_column`: plain numbers come as an input for each.
    `flat`: an input of one column is (rows,) rather than (rows, 1). Raises NotExportable."""
    if source.fitted is None:
        return _numbers(source, graph, by_column=by_column, flat=flat)
    cells = {name: _column(graph, name, CELLS[kind], flat=flat) for name, kind in source.fitted.spec.kinds.items()}
    return graph.side_by_side(list(_written(source.fitted, graph, cells))).cast(source.network.dtype)


def _numbers(source: Source, graph: Graph, *, by_column: bool, flat: bool) -> Value:
    dtype = source.network.dtype
    if not by_column:
        return graph.input(MATRIX, dtype, source.network.inputs)
    columns = [_column(graph, name, FLOAT64, flat=flat) for name in input_names(source, by_column=True)]
    return graph.side_by_side(columns).cast(dtype)


def _column(graph: Graph, name: str, dtype: DTypeLike, *, flat: bool) -> Value:
    return graph.input(name, dtype).reshape(-1, 1) if flat else graph.input(name, dtype, 1)


def _written(fitted: Fitted, graph: Graph, cells: Mapping[str, Value]) -> Iterator[Value]:
    for is_plain, group in groupby(fitted.spec.columns.items(), key=lambda item: _is_plain(item[1])):
        if is_plain:
            names, columns = zip(*group, strict=True)
            states: list[Any] = [fitted.states[name] for name in names]
            plain = list(zip(columns, states, strict=True))
            yield plain_numbers(plain, graph.side_by_side([cells[name] for name in names]))
            continue
        for name, column in group:
            write = WRITERS.get(type(column))
            if write is None:
                raise NotExportable(f"onnx has no form of the column {name} ({column.name}) here")
            yield from write(column, fitted.states[name], cells[name])


def _is_plain(column: InputColumn) -> bool:
    return isinstance(column, NumberColumn) and column.is_plain
