"""All rules, in the order in which findings are shown."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from service.domain.types import Json
from service.jobs.findings import answer_rules, course_rules, data_rules
from service.jobs.findings.facts import Facts
from service.jobs.findings.finding import SEVERITIES, Finding

Rule = Callable[[Facts], Finding | None]

RULES: tuple[Rule, ...] = (
    course_rules.nothing_learnt,
    answer_rules.no_better_than_naive,
    answer_rules.one_answer,
    answer_rules.class_never_predicted,
    answer_rules.threshold_not_chosen,
    data_rules.targets_out_of_range,
    data_rules.softmax_of_one_output,
    course_rules.member_diverged,
    course_rules.learning_rate_too_high,
    course_rules.learning_rate_too_low,
    course_rules.still_falling,
    course_rules.overfitting,
    answer_rules.leak,
    data_rules.outlier,
    data_rules.unscaled_inputs,
    data_rules.unscaled_targets,
    data_rules.batch_norm_small_batches,
    data_rules.few_rows_per_class,
    data_rules.constant_targets,
    data_rules.small_validation,
)


def judge(facts: Facts) -> tuple[Json, ...]:
    """The findings as JSON, the most severe first."""
    found: Iterable[Finding] = (finding for rule in RULES if (finding := rule(facts)) is not None)
    ordered = sorted(found, key=lambda finding: SEVERITIES.index(finding.severity))
    return tuple(_finite(finding.to_json()) for finding in ordered)


def _finite(finding: Json) -> Json:
    """Without numbers that JSON does not know."""
    evidence: Mapping[str, Any] = finding["evidence"]
    known = {name: value for name, value in evidence.items() if not _is_odd(value) and value is not None}
    return {**finding, "evidence": known}


def _is_odd(value: Any) -> bool:
    return isinstance(value, float) and not math.isfinite(value)
