"""The answers of a network as columns, whose distributions can be compared like those of its inputs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from service.data.preprocessing.category import MISSING
from service.data.signatures.classes import Classifier
from service.data.signatures.output_rows import ManyRows
from service.data.signatures.signature import Signature
from service.engine.arrays import Array
from service.monitoring.cells import YES_NO, Cells, NumberCells, WordCells


def answer_cells(signature: Signature, outputs: Array) -> dict[str, Cells]:
    """The columns that outputs (rows, outputs) in the user's units answer.

    A class is a column of words, with the probability of the second of two; each yes or no is one, too; a number is
    itself.
    """
    outputs, classifier = np.where(np.isfinite(outputs), outputs, np.nan).astype(np.float64), signature.classifier
    names = [str(name) for name in signature.output_names]
    if classifier is None:
        return {name: NumberCells(column) for name, column in zip(names, outputs.T, strict=True)}
    if classifier.multilabel:
        return {name: _flags(column, classifier.middle) for name, column in zip(names, outputs.T, strict=True)}
    cells: dict[str, Cells] = {class_name(signature): _classes(classifier, outputs)}
    words = classifier.form.names
    if classifier.gives_probabilities and len(words) == 2:
        cells[f"probability of {words[1]}"] = NumberCells(outputs[:, -1])
    return cells


def class_name(signature: Signature) -> str:
    """What the column of a predicted class is called: the target, or `class` if targets have no names."""
    return next(iter(signature.known.targets), "class")


def _flags(column: Array, middle: float) -> WordCells:
    return WordCells(np.where(np.isfinite(column), column > middle, MISSING).astype(np.int32), YES_NO)


def _classes(classifier: Classifier, outputs: Array) -> WordCells:
    found: Sequence[int | None] = classifier.classes(ManyRows(outputs))
    codes = np.array([MISSING if one is None else one for one in found], np.int32)
    return WordCells(codes, classifier.form.names)
