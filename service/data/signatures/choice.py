"""The one place that decides whether a network takes plain numbers or the columns of a table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from service.data.preprocessing.fitted import Fitted
from service.data.preprocessing.table import TableSpec
from service.data.signatures.number_signature import NumberSignature
from service.data.signatures.signature import Signature
from service.data.signatures.table_signature import TableSignature
from service.data.targets import TargetForm
from service.engine.metrics.decisions import ClassThreshold
from service.engine.network import Network


def signature_of(
    network: Network,
    *,
    features: tuple[str, ...] | None,
    labels: tuple[str, ...] | None,
    table: Mapping[str, Any] | None,
    statistics: Mapping[str, Any] | None = None,
    threshold: ClassThreshold | None = None,
) -> Signature:
    """`table` says how columns become inputs and targets, `statistics` are those of the rows that trained the weights,
    the threshold is that of the weights.

    Raises DataError for statistics of another table.
    """
    form = TargetForm.of(network.spec, network.outputs, labels)
    if table is None:
        return NumberSignature(network, form, features, threshold)
    spec = TableSpec.from_json(table)
    fitted = Fitted.neutral(spec) if statistics is None else Fitted.from_json(spec, statistics)
    return TableSignature(network, form, fitted, threshold)
