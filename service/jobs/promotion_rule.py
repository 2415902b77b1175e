"""When a training's model takes over an alias: the option `promote` of a job. A worker reads this too."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from service.schema.fields import Nested, Spec, field
from service.schema.rules import Number, Text
from service.schema.validation import SpecError, ValidationIssue

MAX_NAME = 1000
#: With fewer rows that neither model was trained on, or fewer of a class, a difference is chance.
LEAST_ROWS, LEAST_OF_CLASS = 100, 20
#: What the field of the condition is called, which is no name in Python.
IF = "if"


@dataclass(frozen=True, kw_only=True)
class PromotionCondition(Spec):
    metric: str = field(Text(MAX_NAME), default="val_loss", help="val_loss, or a metric of the training: val_accuracy")
    better_by: float = field(
        Number(minimum=0), default=0.0, help="how much better than the model in use, in units of the metric"
    )


@dataclass(frozen=True, kw_only=True)
class PromotionRule(Spec):
    """Moves an alias to the model at the end of its training if it is better on rows that neither has trained on."""

    alias: str = field(Text(MAX_NAME), help="the alias to move, such as production")
    condition: PromotionCondition = field(
        Nested(PromotionCondition), default=PromotionCondition(), help="when it moves"
    )

    @classmethod
    def from_json(cls, value: Any) -> Self:
        if isinstance(value, Mapping):
            value = {{IF: "condition", "condition": "condition?"}.get(name, name): part for name, part in value.items()}
        try:
            return super().from_json(value)
        except SpecError as error:
            raise SpecError(_as_written(issue) for issue in error.issues) from None

    def to_json(self) -> dict[str, Any]:
        return {"alias": self.alias, IF: self.condition.to_json()}


def _as_written(issue: ValidationIssue) -> ValidationIssue:
    names = {"condition": IF, "condition?": "condition"}
    return ValidationIssue((*(names.get(str(part), part) for part in issue.path[:1]), *issue.path[1:]), issue.message)
