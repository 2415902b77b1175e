"""Predictions as columns of a table: what is predicted for each row, and the probabilities of the classes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from service.data.frame import Kind
from service.data.signatures.classes import Classifier
from service.data.signatures.numbered import numbered
from service.data.signatures.output_rows import class_probabilities
from service.data.signatures.signature import Signature
from service.engine.arrays import Array


@dataclass(frozen=True)
class Score:
    """A column of predictions (rows,); `missing` says where the network's outputs were not finite."""

    values: npt.NDArray[Any]
    missing: npt.NDArray[np.bool_]
    words: Sequence[str] | None = None  #: of which the values are indexes


def score_columns(signature: Signature, *, probabilities: bool) -> dict[str, Kind]:
    """The names of the columns, with the kind of each."""
    return {**dict(_predicted(signature)), **dict.fromkeys(_numbers(signature, probabilities), "number")}


def scores(signature: Signature, outputs: Array, *, probabilities: bool) -> dict[str, Score]:
    """Those columns for outputs (rows, outputs) in the user's units."""
    missing = np.asarray(~np.isfinite(outputs).all(axis=1))
    classifier, predicted = signature.classifier, dict(_predicted(signature))
    columns: dict[str, Score] = {}
    if classifier is not None:
        chosen = _chosen(classifier, outputs)
        for place, (name, kind) in enumerate(predicted.items()):
            words = classifier.form.names if kind == "category" else None
            columns[name] = Score(chosen[:, place].astype(_DTYPES[kind]), missing, words)
    numbers = class_probabilities(outputs) if classifier is not None and classifier.gives_probabilities else outputs
    names = list(predicted) if classifier is None and predicted else _numbers(signature, probabilities)
    columns |= {name: Score(np.ascontiguousarray(numbers[:, place]), missing) for place, name in enumerate(names)}
    return columns


_DTYPES = {"category": np.int32, "boolean": np.bool_, "number": np.float64}


def _predicted(signature: Signature) -> Iterator[tuple[str, Kind]]:
    """What is predicted, without the numbers behind it."""
    targets, classifier = signature.target_names, signature.classifier
    if classifier is None:
        yield from ((f"predicted_{name}", "number") for name in targets)
    elif classifier.multilabel:
        yield from ((f"predicted_{name}", "boolean") for name in targets or classifier.form.names)
    elif targets:
        yield f"predicted_{targets[0]}", signature.predicted[0].kind
    else:
        yield ("predicted_label", "category") if classifier.form.labels else ("predicted_class", "number")


def _numbers(signature: Signature, probabilities: bool) -> list[str]:
    """The probabilities; where there are none, the outputs, unless these are what is predicted."""
    classifier = signature.classifier
    if classifier is not None and classifier.gives_probabilities:
        # Of several yes and no, each output is the probability of its own yes.
        return [f"probability_{name}" for name in classifier.form.names] if probabilities else []
    if classifier is None and signature.target_names:
        return []
    return numbered("output", signature.network.outputs)


def _chosen(classifier: Classifier, outputs: Array) -> npt.NDArray[Any]:
    """The class of each row (rows, 1), or whether it is of each class (rows, classes)."""
    if classifier.multilabel:
        return outputs > classifier.middle
    chosen = classifier.decided(outputs).argmax(axis=1) if outputs.shape[1] > 1 else outputs[:, 0] > classifier.middle
    return chosen[:, np.newaxis]
