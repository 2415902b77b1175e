"""The outputs of a graph: labels with probabilities, or numbers in the user's units; then sets, or intervals."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from service.data.signatures.classes import Classifier
from service.data.signatures.numbered import numbered
from service.exports.onnx.graph import FLOAT64, INT64, TEXT, Graph, Value
from service.exports.source import Source


class Output(NamedTuple):
    """`names` are those of the columns of a value (rows, names); without, the value is (rows,)."""

    name: str
    value: Value
    names: Sequence[str] = ()


def write_outputs(source: Source, graph: Graph, y: Value, *, by_column: bool) -> None:
    """From the network's outputs y (rows, outputs). `by_column`: one output (rows,) for each column of a value."""
    for output in _outputs(source, y):
        if not output.names:
            graph.output(output.name, output.value)
        elif not by_column:
            graph.output(output.name, output.value, len(output.names))
        else:
            for index, name in enumerate(output.names):
                place = graph.constant(index, INT64)
                graph.output(name, output.value.take(place, axis=1))


def _outputs(source: Source, y: Value) -> Iterator[Output]:
    classifier = source.signature.classifier
    if classifier is None:
        yield from _numbers(source, y)
    elif classifier.multilabel:
        yield from _several_labels(source, classifier, y)
    else:
        yield from _label(source, classifier, y)


def _numbers(source: Source, y: Value) -> Iterator[Output]:
    targets = source.signature.target_names
    numbers = _in_units(source, y)
    parts = [Output("outputs", numbers, numbered("output", source.network.outputs))]
    if targets:
        parts = [Output(name, numbers.columns(index, index + 1), (name,)) for index, name in enumerate(targets)]
    yield from parts
    if source.coverage is not None:
        half = source.coverage.quantiles
        for index, part in enumerate(parts):
            value, off = part.value.cast(FLOAT64), [half[index : index + 1] if targets else half]
            for end, bound in (("low", value - off), ("high", value + off)):
                yield Output(f"{part.name}_{end}", bound, [f"{name}_{end}" for name in part.names])


def _in_units(source: Source, y: Value) -> Value:
    units = source.signature.units
    if units is None:
        return y
    restored = y.cast(FLOAT64) * units.scale[None] + units.shift[None]
    if units.low is not None and units.high is not None:
        held = restored.at_least(units.low[None]).at_most(units.high[None])
        restored = restored.is_nan().where(restored, held)
    return restored


def _label(source: Source, classifier: Classifier, y: Value) -> Iterator[Output]:
    """Outputs that are not finite have no label, which is an empty text or -1, and an empty set."""
    if source.network.outputs == 1:
        best = (y > classifier.middle).cast(INT64).reshape(-1)
    else:
        best = _decided(classifier, y).call("ArgMax", dtype=INT64, axis=1, keepdims=0)
    labels, graph = classifier.form.labels, y.graph
    no_label, found = (-1, best) if labels is None else ("", graph.constant(labels, TEXT).take(best))
    yield Output("label", _is_finite(y).where(found, no_label))
    chances = _chances(source, classifier, y)
    yield chances
    if source.coverage is not None:
        names = [f"in_set_{name}" for name in classifier.form.names]
        best = chances.value.call("ArgMax", dtype=INT64, axis=1, keepdims=1).equals(np.arange(len(names))[None])
        likely = chances.value.cast(FLOAT64) >= 1 - source.coverage.quantiles[0]
        found = likely.call("Or", best).call("And", _is_finite(y).reshape(-1, 1))
        yield Output("set", found, names)


def _decided(classifier: Classifier, y: Value) -> Value:
    """Of several outputs, those whose largest is that of the predicted class: with a threshold, its class is above or
    below all others."""
    threshold = classifier.threshold
    if threshold is None:
        return y
    own = [[float(index == threshold.index) for index in range(classifier.form.outputs)]]
    return y + ((y > threshold.value).cast(y.dtype) * 6 - 3) * own


def _several_labels(source: Source, classifier: Classifier, y: Value) -> Iterator[Output]:
    """Each output is a yes or no of its own."""
    above, targets = y > classifier.middle, source.signature.target_names
    if not targets:
        yield Output("classes", above, [f"is_{name}" for name in classifier.form.names])
    for index, name in enumerate(targets):
        yield Output(name, above.columns(index, index + 1), (name,))
    yield _chances(source, classifier, y)


def _chances(source: Source, classifier: Classifier, y: Value) -> Output:
    """The probability of each class; where outputs are none, the outputs."""
    if not classifier.gives_probabilities:
        return Output("outputs", y, numbered("output", source.network.outputs))
    both = y if source.network.outputs > 1 else y.graph.side_by_side([1 - y, y])
    return Output("probabilities", both, [f"probability_{name}" for name in classifier.form.names])


def _is_finite(y: Value) -> Value:
    """Of each row, (rows,). ONNX Runtime has no IsInf for all types; what is not finite is NaN times 0."""
    zeros = (y * 0).call("ReduceSum", y.graph.constant([1], INT64), keepdims=0)
    return zeros.equals(0)
