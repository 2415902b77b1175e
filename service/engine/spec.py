"""The network spec: the frozen form of the JSON a user writes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from service.engine.activations.base import Activation
from service.engine.activations.table import Linear
from service.engine.layers.base import Layer
from service.engine.layers.residual import check_layers
from service.engine.layers.table import LAYERS
from service.engine.losses.base import Loss
from service.engine.losses.table import LOSSES, MeanSquaredError
from service.schema.fields import Choice, Spec, field
from service.schema.rules import Integer, Items, OneOf
from service.schema.validation import ValidationIssue

MAX_LAYERS = 1000


@dataclass(frozen=True, kw_only=True)
class NetworkSpec(Spec):
    """A feed-forward network: its number of inputs, its layers, and its loss."""

    inputs: int = field(Integer(minimum=1), help="numbers per row")
    layers: tuple[Layer, ...] = field(
        Items(Choice(LAYERS), at_least=1, at_most=MAX_LAYERS), help="from input to output"
    )
    loss: Loss = field(Choice(LOSSES), default=MeanSquaredError(), help="the loss that training minimises")
    dtype: str = field(OneOf(("float32", "float64")), default="float32", help="precision of every number")
    seed: int = field(Integer(minimum=0, maximum=2**63 - 1), default=0, help="seed of the initial weights")

    def cross_check(self) -> Iterable[ValidationIssue]:
        width, issues = check_layers(self.layers, self.inputs, first=True)
        if issues:
            return [issue.under("layers") for issue in issues]
        if self.loss.name == "cross_entropy" and width == 1:
            message = "cross_entropy needs two or more outputs that share one distribution; for one output use "
            return [ValidationIssue(("loss",), message + "binary_cross_entropy, or give the last layer 2 units")]
        return []

    @property
    def outputs(self) -> int:
        width = self.inputs
        for layer in self.layers:
            width = layer.outputs(width)
        return width

    @property
    def output_activation(self) -> Activation:
        return self.layers[-1].own_activation() or Linear()
