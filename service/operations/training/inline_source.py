"""Training data given inline, in the form that the network's signature asks for."""

from __future__ import annotations

from collections.abc import Mapping
from functools import singledispatch
from typing import Any

from service.data.signatures.number_signature import NumberSignature
from service.data.signatures.signature import Signature
from service.data.signatures.table_signature import TableSignature
from service.engine.training.spec import TrainingSpec
from service.operations.training.inline_table_source import read_objects
from service.operations.training.matrix_source import read_matrices
from service.operations.training.training_data import TrainingData


@singledispatch
def read_inline_training(signature: Signature, body: Mapping[str, Any], training: TrainingSpec) -> TrainingData:
    """Raises Invalid with everything that is wrong."""
    raise TypeError(f"no inline data is known for {type(signature).__name__}")


@read_inline_training.register
def _(signature: NumberSignature, body: Mapping[str, Any], training: TrainingSpec) -> TrainingData:
    return read_matrices(body, signature, seed=training.seed)


@read_inline_training.register
def _(signature: TableSignature, body: Mapping[str, Any], training: TrainingSpec) -> TrainingData:
    return read_objects(body, signature, training)
