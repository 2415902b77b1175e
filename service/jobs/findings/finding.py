"""What a careful colleague would say of a training: one finding per code, with numbers and with something to try."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from service.domain.types import Json

#: problem: the network is useless as it is. warning: it could be better, or its numbers mislead. note: judge with care.
SEVERITIES = ("problem", "warning", "note")
CODES = (
    "nothing_learnt",
    "no_better_than_naive",
    "one_answer",
    "class_never_predicted",
    "targets_out_of_range",
    "softmax_of_one_output",
    "threshold_not_chosen",
    "member_diverged",
    "learning_rate_too_high",
    "learning_rate_too_low",
    "still_falling",
    "overfitting",
    "leak",
    "outlier",
    "unscaled_inputs",
    "unscaled_targets",
    "batch_norm_small_batches",
    "few_rows_per_class",
    "constant_targets",
    "small_validation",
)


@dataclass(frozen=True, kw_only=True)
class Finding:
    code: str
    severity: str
    sentence: str
    evidence: Mapping[str, Any] = field(default_factory=dict)  #: finite numbers, names, or lists of them
    tries: tuple[str, ...] = ()  #: what to try, the most promising first

    def to_json(self) -> Json:
        return {
            "code": self.code,
            "severity": self.severity,
            "sentence": self.sentence,
            "evidence": dict(self.evidence),
            "try": list(self.tries),
        }


def percent(share: float) -> str:
    """`0.034` as `3.4 %`."""
    return f"{100 * share:.3g} %"
