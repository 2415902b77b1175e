"""The network spec: the frozen form of the JSON a user writes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from service.engine.activations.base import Activation
from service.engine.activations.table import Linear
from service.engine.layers.base import Layer
from service.engine.layers.residual import check_layers
from service.engine.layers.table import LAYERS
from service.engine.losses.base import Loss
from service.engine.losses.table import LOSSES, MeanSquaredError
from service.engine.recipes import MAX_LAYERS, MAX_MEMBERS, Recipe
from service.engine.seeds import member_seed
from service.schema.fields import Choice, Nested, Spec, field
from service.schema.rules import Integer, Items, OneOf, OrItems
from service.schema.validation import SpecError, ValidationIssue


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
    members: int | tuple[Recipe, ...] = field(
        OrItems(Integer(minimum=1, maximum=MAX_MEMBERS), Items(Nested(Recipe), at_least=1, at_most=MAX_MEMBERS)),
        default=1,
        exclude_default=True,
        help="networks of these layers that train side by side, each from other initial weights, with other validation "
        "rows and an order of rows of its own; their outputs are averaged. A list of recipes makes them differ more",
    )

    def cross_check(self) -> Iterable[ValidationIssue]:
        width, issues = check_layers(self.layers, self.inputs, first=True)
        if issues:
            return [issue.under("layers") for issue in issues]
        if self.loss.name == "cross_entropy" and width == 1:
            message = "cross_entropy needs two or more outputs that share one distribution; for one output use "
            return [ValidationIssue(("loss",), message + "binary_cross_entropy, or give the last layer 2 units")]
        return self._recipe_issues() if isinstance(self.members, tuple) else []

    def _recipe_issues(self) -> list[ValidationIssue]:
        if not 2 <= self.member_count <= MAX_MEMBERS:
            message = f"must be 2 to {MAX_MEMBERS} members in all, got {self.member_count}"
            return [ValidationIssue(("members",), message)]
        each = enumerate(self.recipes)
        return [issue.under("members", index) for index, recipe in each for issue in self._issues_of(recipe)]

    def _issues_of(self, recipe: Recipe) -> Iterable[ValidationIssue]:
        codes = self.layers[0].codes()
        if recipe.layers_in(self.layers)[0].codes() != codes:
            return [ValidationIssue(("layers", 0), "must embed the same inputs as the network's layers")]
        if issues := list(recipe.input_issues(self.inputs, codes)):
            return issues
        try:
            member = self._spec_of(recipe, self.seed)
        except SpecError as error:
            return error.issues
        if (member.outputs, member.output_activation) != (self.outputs, self.output_activation):
            return [ValidationIssue(("layers",), "must end as the network's layers do: equal units and activation")]
        if member.loss.name != self.loss.name:
            return [ValidationIssue(("loss",), f"must be the network's, {self.loss.name}, got {member.loss.name}")]
        return []

    @property
    def outputs(self) -> int:
        width = self.inputs
        for layer in self.layers:
            width = layer.outputs(width)
        return width

    @property
    def recipes(self) -> tuple[Recipe, ...]:
        return self.members if isinstance(self.members, tuple) else (Recipe(count=self.members),)

    @property
    def member_count(self) -> int:
        return sum(recipe.count for recipe in self.recipes)

    def recipe_of(self, index: int) -> Recipe:
        """Of one member."""
        return [recipe for recipe in self.recipes for _ in range(recipe.count)][index]

    def member(self, index: int) -> NetworkSpec:
        """That of one member, which is a network of its own."""
        return self._spec_of(self.recipe_of(index), member_seed(self.seed, index))

    def _spec_of(self, recipe: Recipe, seed: int) -> NetworkSpec:
        return replace(
            self,
            members=1,
            seed=seed,
            inputs=self.inputs if recipe.inputs is None else len(recipe.inputs),
            layers=recipe.read_by(self.layers),
            loss=self.loss if recipe.loss is None else recipe.loss,
        )

    @property
    def output_activation(self) -> Activation:
        return self.layers[-1].own_activation() or Linear()
