"""Rules that need no training: what the rows, the batches and the output make likely to go wrong."""

from __future__ import annotations

from service.jobs.findings.facts import Facts
from service.jobs.findings.finding import Finding, percent

#: Below so many rows a table is an exercise, such as XOR, and its classes are no samples.
SAMPLE = 20
#: Fewer rows teach a network nothing of a class, and leave none to validate it on.
FEW_ROWS = 5
#: On fewer rows a share of right answers is uncertain by more than 1/√20, a fifth.
SMALL_VALIDATION = 20
#: Scaled numbers are near 1; from here on, the first steps of common learning rates overshoot or saturate.
UNSCALED = 100.0
#: Wu & He 2018, figure 1: the error of batch normalisation rises steeply below 8 rows.
SMALL_BATCH = 8
#: One of at least 20 rows that makes half of the loss decides what is learnt.
OWNED = 0.5
SHOWN = 5


def batch_norm_small_batches(facts: Facts) -> Finding | None:
    data = facts.data
    if not data.has_batch_norm or data.batch_rows >= SMALL_BATCH:
        return None
    one = data.batch_rows == 1
    why = "one row has no variance, so every row looks the same" if one else "so few rows have an uncertain variance"
    return Finding(
        code="batch_norm_small_batches",
        severity="problem" if one else "warning",
        sentence=f"batch_norm learns from batches of {data.batch_rows} {'row' if one else 'rows'}: {why} in training, "
        "and predictions, which use running statistics, are worse than the training loss says.",
        evidence={"batch_rows": data.batch_rows, "rows": data.rows},
        tries=(f'"batch_size" of at least {SMALL_BATCH}, better 32', "layer_norm, which needs no batch"),
    )


def softmax_of_one_output(facts: Facts) -> Finding | None:
    if not facts.data.has_softmax_of_one:
        return None
    return Finding(
        code="softmax_of_one_output",
        severity="problem",
        sentence="The softmax of a single output is always 1, so the network gives one answer for every row.",
        tries=('"activation": "sigmoid" in the last layer', "one output per class, with cross_entropy"),
    )


def targets_out_of_range(facts: Facts) -> Finding | None:
    data = facts.data
    if data.reach is None or not data.beyond_reach:
        return None
    return Finding(
        code="targets_out_of_range",
        severity="problem",
        sentence=f"{percent(data.beyond_reach)} of the targets can never be predicted: the last activation gives only "
        f"numbers {data.reach}, so the network cannot learn them.",
        evidence={"share": data.beyond_reach},
        tries=('"activation": "linear" in the last layer', "targets scaled into the range of the last activation"),
    )


def constant_targets(facts: Facts) -> Finding | None:
    if facts.data.targets_vary or facts.data.rows < SAMPLE:
        return None
    return Finding(
        code="constant_targets",
        severity="problem",
        sentence="All training rows have the same target, so there is nothing to learn but that.",
        evidence={"rows": facts.data.rows},
        tries=("rows with other targets", "a look at how rows were chosen and how the target was read"),
    )


def few_rows_per_class(facts: Facts) -> Finding | None:
    counts, rows = facts.data.class_counts, facts.data.rows
    few = {name: count for name, count in (counts or {}).items() if count < FEW_ROWS}
    if not few or rows < SAMPLE:
        return None
    shown = ", ".join(f'"{name}" ({count})' for name, count in list(few.items())[:SHOWN])
    more = f" and {len(few) - SHOWN} more" if len(few) > SHOWN else ""
    return Finding(
        code="few_rows_per_class",
        severity="warning",
        sentence=f"Fewer than {FEW_ROWS} training rows is too few to learn a class from: {shown}{more}.",
        evidence={"classes": len(few), "rows": rows, "counts": dict(list(few.items())[:SHOWN])},
        tries=("more rows of these classes", "one class for all rare ones", '"stratified": true in the validation'),
    )


def small_validation(facts: Facts) -> Finding | None:
    rows = facts.data.validation_rows
    if rows is None or rows >= SMALL_VALIDATION:
        return None
    return Finding(
        code="small_validation",
        severity="note",
        sentence=f"{rows} validation rows are too few to tell: a share of right answers among them is uncertain by "
        f"about {percent(min(1.0, rows**-0.5))}.",
        evidence={"validation_rows": rows, "training_rows": facts.data.rows},
        tries=(
            'a larger "fraction" for the validation',
            "more rows",
            'several trainings with "method": "random" and different seeds',
        ),
    )


def unscaled_inputs(facts: Facts) -> Finding | None:
    widest = facts.data.widest_input
    if widest is None or widest.size < UNSCALED or facts.data.normalizes_inputs:
        return None
    return Finding(
        code="unscaled_inputs",
        severity="warning",
        sentence=f'Inputs are not scaled: "{widest.name}" has numbers of about {widest.size:.3g}. Networks learn '
        "slowly, or not at all, from inputs that are far from 1.",
        evidence={"input": widest.name, "root_mean_square": widest.size},
        tries=("inputs scaled to mean 0 and deviation 1", "a table network, which scales its columns itself"),
    )


def unscaled_targets(facts: Facts) -> Finding | None:
    widest = facts.data.widest_target
    if widest is None or widest.size < UNSCALED:
        return None
    return Finding(
        code="unscaled_targets",
        severity="warning",
        sentence=f"Targets are not scaled: they are numbers of about {widest.size:.3g}. Steps of a common size take "
        "very long to get there, or overshoot.",
        evidence={"output": widest.name, "root_mean_square": widest.size},
        tries=("targets scaled to mean 0 and deviation 1", "a table network, which scales its target itself"),
    )


def outlier(facts: Facts) -> Finding | None:
    found = facts.data.outlier
    if found is None or facts.data.rows < SAMPLE or found.share < OWNED:
        return None
    return Finding(
        code="outlier",
        severity="warning",
        sentence=f"One outlier owns the loss: the target {found.value:.6g} lies far outside the others (their median "
        f"is {found.median:.6g}) and makes {percent(found.share)} of the loss, so the other rows hardly count.",
        evidence={"target": found.value, "median": found.median, "share": found.share},
        tries=(
            "a look at this row: a wrong cell is best corrected or left out",
            'the target with "scale": "robust", or with "clip"',
            '"loss": "huber" or "mean_absolute_error"',
        ),
    )
