"""Rules that compare what the trained network answers with what is true."""

from __future__ import annotations

from service.jobs.findings.facts import Answers, Facts
from service.jobs.findings.finding import Finding, percent

#: Of fewer rows chance alone makes any verdict.
MIN_ROWS = 4
#: A gain below this share of the naive loss is none, however certain.
NO_GAIN = 0.01
#: One-sided 5 %: a smaller gain than this many standard errors, and than `SMALL_GAIN`, may be chance.
CERTAIN = 1.64
SMALL_GAIN = 0.1
#: As many standard errors of roc_auc show that the classes are told apart, wherever the line between them lies.
RANKED = 2.5
#: Answers that differ by less than this, as a share of the spread of the targets, are one answer.
SAME = 1e-3
#: So many rows of a class must be there before it counts that none was recognised.
MISSED_ROWS = 3
#: As good as this, a single column that explains the target is suspicious.
TOO_GOOD = 0.99


def no_better_than_naive(facts: Facts) -> Finding | None:
    answers = facts.answers
    if answers is None or answers.rows < MIN_ROWS or not facts.data.targets_vary or _beats_naive(answers):
        return None
    naive = "mean" if answers.accuracy is None else f'most frequent class, "{answers.usual_class}"'
    figures = (
        f"its loss is {answers.loss:.4g}, and that of the mean {answers.naive_loss:.4g}"
        if answers.accuracy is None
        else f"its accuracy is {answers.accuracy:.3g}, and that class has {percent(answers.usual_share)} of the rows"
    )
    return Finding(
        code="no_better_than_naive",
        severity="problem",
        sentence=f"The network is no better than always answering the {naive}: on {_rows(answers)} {figures}.",
        evidence={
            "rows": answers.rows,
            "held_out": answers.held_out,
            "loss": answers.loss,
            "naive_loss": answers.naive_loss,
            "explained": answers.explained,
            **({} if answers.accuracy is None else {"accuracy": answers.accuracy, "usual_share": answers.usual_share}),
        },
        tries=(
            "inputs that have to do with the target: these may say nothing about it",
            "the other findings of this job first, for they may be the cause",
            "more rows, or a smaller network",
        ),
    )


def one_answer(facts: Facts) -> Finding | None:
    answers = facts.answers
    if answers is None or answers.rows < MIN_ROWS or not facts.data.targets_vary or answers.spread >= SAME:
        return None
    return Finding(
        code="one_answer",
        severity="problem",
        sentence=f"The network gives one answer for every row: over {_rows(answers)} it changes by less than "
        f"{percent(SAME)} of what it should.",
        evidence={"rows": answers.rows, "spread": answers.spread},
        tries=(
            "scaled inputs and targets",
            "another learning_rate: a tenth, or ten times as much",
            "tanh or leaky_relu instead of relu, whose units can die",
        ),
    )


def class_never_predicted(facts: Facts) -> Finding | None:
    answers = facts.answers
    never = {name: rows for name, rows in (answers and answers.never_predicted or {}).items() if rows >= MISSED_ROWS}
    if answers is None or not never:
        return None
    counts = facts.data.class_counts or {}
    names = ", ".join(f'"{name}" ({counts.get(name, rows):,} training rows)' for name, rows in list(never.items())[:5])
    accuracy = f" The accuracy of {answers.accuracy:.3g} hides it." if (answers.accuracy or 0) > 0.5 else ""
    return Finding(
        code="class_never_predicted",
        severity="problem" if len(counts) == 2 else "warning",
        sentence=f"The network never predicts {names}.{accuracy}",
        evidence={"classes": list(never), "missed_rows": dict(never), "accuracy": answers.accuracy},
        tries=(
            '"class_weights": "balanced", so that a rare class counts as much as a frequent one',
            '"threshold": {"metric": "f1"}, so that it is predicted where its probability is high for a rare class',
            "f1, recall and roc_auc instead of accuracy, to judge by and to monitor",
            "more rows of the class",
        ),
    )


def threshold_not_chosen(facts: Facts) -> Finding | None:
    if facts.no_threshold is None:
        return None
    return Finding(
        code="threshold_not_chosen",
        severity="warning",
        sentence=f"No threshold was chosen, because {facts.no_threshold}: the most probable class is predicted.",
        evidence={"reason": facts.no_threshold},
        tries=(
            "a larger or stratified validation share, with more rows of the class",
            "a lower min_precision or min_recall, or another metric",
        ),
    )


def leak(facts: Facts) -> Finding | None:
    answers = facts.answers
    if answers is None or not answers.leaks:
        return None
    names = ", ".join(f'"{name}" ({percent(share)})' for name, share in answers.leaks)
    return Finding(
        code="leak",
        severity="warning",
        sentence=f"This is too good to be true: a single input explains the target alone, {names}. It leaks the answer "
        "if it is known only once the target is.",
        evidence={"inputs": [name for name, _ in answers.leaks], "shares": [share for _, share in answers.leaks]},
        tries=("a training without that input, unless it is known in time for a prediction",),
    )


def _beats_naive(answers: Answers) -> bool:
    if answers.accuracy is not None and answers.ranking_certainty >= RANKED:
        return True
    if answers.explained < NO_GAIN:
        return answers.accuracy is not None and answers.accuracy > answers.usual_share + SMALL_GAIN
    return answers.certainty >= CERTAIN or answers.explained >= SMALL_GAIN


def _rows(answers: Answers) -> str:
    return f"{answers.rows:,} {'held-out' if answers.held_out else 'training'} rows"
