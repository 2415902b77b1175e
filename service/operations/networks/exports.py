"""Write a network with the weights of a snapshot as one file that other programs run."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from service.errors import TooManyLongAnswers
from service.exports.program.file import program
from service.exports.source import Coverage, Source
from service.operations.inference.intervals import quantiles, read_level
from service.operations.models.models import Model
from service.operations.networks.optional import needs_onnx
from service.operations.validation import invalid_fields

#: Parameters from which on a network is large: writing a file takes several times the memory of its weights.
LARGE = 1_000_000
#: Files of large networks that one process writes at a time: a worker reports no more models at once.
MOST_AT_ONCE = 4
_free = threading.BoundedSemaphore(MOST_AT_ONCE)


@contextmanager
def turn(model: Model) -> Iterator[None]:
    """Raises TooManyLongAnswers while as many files of large networks are written as may be."""
    if model.network.size < LARGE:
        yield
        return
    if not _free.acquire(blocking=False):
        raise TooManyLongAnswers("Files of several large networks are being written. Ask again in a moment.")
    try:
        yield
    finally:
        _free.release()


def onnx_file(model: Model, *, by_column: bool, level: float | None = None) -> bytes:
    """An ONNX model, which also gives intervals or sets of classes that cover this share of rows.

    Raises Invalid where the network has a part that ONNX cannot hold, or its weights no such level, and NotInstalled.
    """
    with needs_onnx():
        from service.exports.onnx.model import onnx_model
    with turn(model), invalid_fields():
        return onnx_model(source_of(model, level), by_column=by_column)


def mlflow_file(model: Model, *, level: float | None = None) -> bytes:
    """A zip of an MLflow model. Raises as `onnx_file` does."""
    with needs_onnx():
        from service.exports.mlflow.model import zipped
    return zipped(mlflow_files_of(model, level=level))


def mlflow_files_of(model: Model, *, level: float | None = None) -> dict[str, bytes]:
    """The files in it, by name. Raises as `onnx_file` does."""
    with needs_onnx():
        from service.exports.mlflow.model import mlflow_files
    with turn(model), invalid_fields():
        return mlflow_files(source_of(model, level))


def python_file(model: Model, *, level: float | None = None) -> str:
    """A program for NumPy. Raises Invalid where the network has a part that it cannot hold, or its weights no such
    level."""
    with turn(model), invalid_fields():
        return program(source_of(model, level))


def source_of(model: Model, level: float | None = None) -> Source:
    """Raises Invalid, for `interval`."""
    name, snapshot, coverage = model.record.name, model.snapshot, None
    if level is not None:
        with invalid_fields("interval"):
            coverage = Coverage(level, tuple(quantiles(model, read_level(model, level))))
    return Source(name, snapshot.id, model.signature, model.values, model.temperature, snapshot.created_at, coverage)
