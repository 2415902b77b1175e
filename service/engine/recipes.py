"""How the members of an ensemble differ: each recipe makes some of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from service.engine.layers.base import Layer
from service.engine.layers.embedding import Embedding
from service.engine.layers.table import LAYERS
from service.engine.losses.base import Loss
from service.engine.losses.table import LOSSES
from service.engine.optimizers import OPTIMIZERS, Optimizer
from service.engine.schedules import SCHEDULES, Schedule
from service.schema.fields import Choice, Spec, field
from service.schema.rules import Integer, Items, OneOf
from service.schema.validation import ValidationIssue

MAX_LAYERS = 1000
MAX_MEMBERS = 64
MAX_INPUTS = 1_000_000
#: How a recipe takes the number columns of a table.
NUMBER, PIECEWISE = "number", "piecewise"


@dataclass(frozen=True, kw_only=True)
class Recipe(Spec):
    """What some members of an ensemble have of their own; what is left out, they have from the network, and from the
    options of the training."""

    count: int = field(Integer(minimum=1, maximum=MAX_MEMBERS), default=1, help="members of this recipe")
    layers: tuple[Layer, ...] | None = field(
        Items(Choice(LAYERS), at_least=1, at_most=MAX_LAYERS),
        default=None,
        help="their layers, whose last one is as the network's; null: the network's layers",
        exclude_default=True,
    )
    encode: str | None = field(
        OneOf((NUMBER, PIECEWISE)),
        default=None,
        help="of a table: whether they read its number columns as one number, or with the bins of `piecewise` beside "
        "it; null: as each column says. It decides `inputs`",
        exclude_default=True,
    )
    inputs: tuple[int, ...] | None = field(
        Items(Integer(minimum=0, maximum=MAX_INPUTS), at_least=1),
        default=None,
        help="the network's inputs that they read, from 0 in ascending order; null: all",
        exclude_default=True,
    )
    loss: Loss | None = field(
        Choice(LOSSES),
        default=None,
        help="the loss that they minimise: the network's, with other options such as `label_smoothing`",
        exclude_default=True,
    )
    optimizer: Optimizer | None = field(
        Choice(OPTIMIZERS), default=None, help="instead of the training's optimizer", exclude_default=True
    )
    schedule: Schedule | None = field(
        Choice(SCHEDULES), default=None, help="instead of the training's schedule", exclude_default=True
    )

    def cross_check(self) -> Iterable[ValidationIssue]:
        if self.inputs is not None and list(self.inputs) != sorted(set(self.inputs)):
            yield ValidationIssue(("inputs",), "must be in ascending order, and each different")

    def layers_in(self, layers: tuple[Layer, ...]) -> tuple[Layer, ...]:
        """Its layers, over all inputs of a network with these layers."""
        return layers if self.layers is None else self.layers

    def read_by(self, layers: tuple[Layer, ...]) -> tuple[Layer, ...]:
        """Its layers in a network with these layers, over the inputs that it reads."""
        layers = self.layers_in(layers)
        first = layers[0]
        if self.inputs is None or not isinstance(first, Embedding):
            return layers
        places = {index: place for place, index in enumerate(self.inputs)}
        columns = tuple(replace(column, index=places[column.index]) for column in first.columns)
        return (replace(first, columns=columns), *layers[1:])

    def input_issues(self, inputs: int, embedded: Iterable[int]) -> Iterable[ValidationIssue]:
        """What keeps it from reading a network's inputs, of which the `embedded` ones are codes of categories."""
        if self.inputs is None:
            return
        if self.inputs[-1] >= inputs:
            yield ValidationIssue(("inputs",), f"must be below the network's {inputs} inputs, got {self.inputs[-1]}")
        if lacking := sorted(set(embedded) - set(self.inputs)):
            yield ValidationIssue(("inputs",), f"must have the embedded inputs, and lacks {lacking[0]}")
