"""Rules that read the course of a training: its losses, gradients and update sizes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from statistics import fmean, median

from service.jobs.findings.facts import Facts, Point
from service.jobs.findings.finding import Finding, percent

#: A shorter course shows nothing.
MIN_EPOCHS = 5
#: Relative change of the loss that rounding alone can make in float32.
ROUNDING = 1e-6
#: A loss below this share of the naive one has been learnt; what it does then matters little.
LEARNT = 0.1
#: Updates of a tenth of the weights per step jump over minima; 0.001 is usual (Karpathy 2015, CS231n, "Babysitting").
LARGE_UPDATE = 0.1
SMALL_UPDATE = 1e-4
#: A loss that jumps rises in a quarter of its movements at least; one that merely falls fast does not.
RETURNS = 0.25
#: Share of the naive loss that a tenth of the epochs must gain for more epochs to be worth it.
STILL_FALLING = 0.02
#: A fall has not slowed down while its second half is this share of its first.
STEADY = 0.5
#: The validation loss has risen when it is this much above its best, as a factor and as a share of the naive loss.
RISEN, RISEN_SHARE = 1.1, 0.05
#: A gap is wide where the training loss is below this share of the validation loss, which is itself not low.
GAP, GAP_LEVEL = 0.3, 0.3


def nothing_learnt(facts: Facts) -> Finding | None:
    points = facts.course
    if len(points) < MIN_EPOCHS or _is_learnt(facts):
        return None
    losses = [point.loss for point in points]
    constant = max(losses) - min(losses) <= ROUNDING * abs(losses[0])
    flat = all(point.gradient_norm == 0 for point in points[-max(3, len(points) // 4) :])
    if not (constant or flat):
        return None
    why = "all gradients are zero" if flat else "the loss is the same in every epoch"
    return Finding(
        code="nothing_learnt",
        severity="problem",
        sentence=f"Nothing was learnt: {why}, at a loss of {losses[-1]:.6g}.",
        evidence={"first_loss": losses[0], "last_loss": losses[-1], "gradient_norm": points[-1].gradient_norm},
        tries=(
            '"activation": "linear" in the last layer for numbers, sigmoid or softmax for classes',
            "another seed, or tanh or leaky_relu instead of relu: dead units have no gradient",
            "scaled inputs, and a learning_rate above 0",
        ),
    )


def learning_rate_too_high(facts: Facts) -> Finding | None:
    points = facts.course
    if facts.ended == "diverged":
        return _too_high("the loss or the gradient grew beyond all numbers", {})
    if len(points) < MIN_EPOCHS or not facts.data.targets_vary:
        return None
    late = points[len(points) // 2 :]
    level, naive = median(point.loss for point in late), facts.data.naive_loss
    ratios = [point.update_ratio for point in late if point.update_ratio is not None]
    steps = [b.loss - a.loss for a, b in pairwise(late)]
    jumps = median(map(abs, steps))
    returns = sum(step for step in steps if step > 0) > RETURNS * sum(map(abs, steps))
    evidence = {"loss": level, "naive_loss": naive, "jump": jumps, "update_ratio": median(ratios) if ratios else None}
    if ratios and median(ratios) > LARGE_UPDATE and level > naive / 2:
        return _too_high(f"a step changes the weights by {percent(median(ratios))}, and the loss stays high", evidence)
    if jumps > LEARNT * naive and returns and level > naive / 2:
        return _too_high(f"the loss jumps up and down, by {jumps:.3g} from epoch to epoch", evidence)
    return None


def _too_high(why: str, evidence: dict[str, float | None]) -> Finding:
    return Finding(
        code="learning_rate_too_high",
        severity="problem",
        sentence=f"The learning rate is too high: {why}.",
        evidence={name: number for name, number in evidence.items() if number is not None},
        tries=("a tenth of the learning_rate", "clipping by norm", "scaled inputs and targets"),
    )


def learning_rate_too_low(facts: Facts) -> Finding | None:
    """A slow fall that does not slow down; one that does has arrived where it can."""
    points, naive = facts.course, facts.data.naive_loss
    ratios = [point.update_ratio for point in points if point.update_ratio is not None]
    if len(points) < MIN_EPOCHS or not ratios or _is_learnt(facts) or median(ratios) > SMALL_UPDATE:
        return None
    first, middle, last = points[0].loss, points[len(points) // 2].loss, points[-1].loss
    steady = last < middle < first and middle - last > STEADY * (first - middle)
    if not steady or first - last > LEARNT * max(naive, first):
        return None
    return Finding(
        code="learning_rate_too_low",
        severity="warning",
        sentence=f"The learning rate is too low: a step changes the weights by {percent(median(ratios))}, and all "
        f"epochs together lowered the loss from {first:.4g} to {last:.4g} only.",
        evidence={"first_loss": first, "last_loss": last, "update_ratio": median(ratios)},
        tries=("ten or a hundred times the learning_rate", '"optimizer": "adam"', "more epochs"),
    )


def still_falling(facts: Facts) -> Finding | None:
    """More epochs would have helped."""
    values = _series(facts.course)
    if facts.ended != "finished" or len(values) < MIN_EPOCHS or _is_learnt(facts) or not facts.data.targets_vary:
        return None
    window = max(1, len(values) // 10)
    before, after = fmean(values[-2 * window : -window]), fmean(values[-window:])
    gain, naive = before - after, facts.data.naive_loss
    wobble = median(abs(b - a) for a, b in pairwise(values))
    falls = gain >= STILL_FALLING * naive and (window == 1 or gain >= 2 * wobble) and values[-1] <= values[-2]
    if not (falls or _falls_steadily(values, naive)):
        return None
    name = "validation loss" if facts.course[-1].val_loss is not None else "loss"
    how = (
        f"was still falling, by {percent(gain / naive)} of the naive answer's loss in the last tenth of the epochs"
        if falls
        else f"is still high, {values[-1]:.4g}, and fell nearly as fast in its second half as in its first"
    )
    return Finding(
        code="still_falling",
        severity="warning",
        sentence=f"The training stopped too early: the {name} {how}.",
        evidence={"loss": values[-1], "gain": gain, "epochs": facts.data.epochs},
        tries=(
            f'"epochs": {4 * facts.data.epochs}, with early_stopping',
            "a training that goes on from these weights (start_from latest is the default)",
            "a larger learning_rate",
        ),
    )


def overfitting(facts: Facts) -> Finding | None:
    points = [point for point in facts.course if point.val_loss is not None]
    if len(points) < MIN_EPOCHS:
        return None
    kept = next((point for point in points if point.epoch >= (facts.kept_epoch or math.inf)), points[-1])
    best = min(points, key=_val_loss)
    naive = facts.data.naive_loss
    at_end = fmean(map(_val_loss, points[-max(1, len(points) // 20) :])) if kept is points[-1] else _val_loss(kept)
    has_risen = at_end > max(RISEN * _val_loss(best), _val_loss(best) + RISEN_SHARE * naive) and kept.loss < best.loss
    is_wide = kept.loss < GAP * at_end and at_end > GAP_LEVEL * naive
    if not (has_risen or is_wide):
        return None
    since = f" It rises since epoch {best.epoch:,}, where it was {_val_loss(best):.4g}." if has_risen else ""
    return Finding(
        code="overfitting",
        severity="warning",
        sentence=f"The network overfits: the validation loss is {at_end:.4g}, the training loss {kept.loss:.4g}."
        + since,
        evidence={
            "loss": kept.loss,
            "val_loss": at_end,
            "gap": at_end - kept.loss,
            "since_epoch": best.epoch if has_risen else None,
            "best_val_loss": _val_loss(best),
        },
        tries=(
            *(('early_stopping, which keeps the best epoch; the snapshot "best" has it now',) if has_risen else ()),
            "dropout, l2 or weight decay",
            "fewer units",
            "more rows",
        ),
    )


def _is_learnt(facts: Facts) -> bool:
    """Whether little of the naive answer's loss, or of its errors, is left. The losses of a course include penalties on
    weights, so that in the end the answers decide."""
    answers = facts.answers
    if answers is not None and answers.accuracy is not None and answers.usual_share < 1:
        return 1 - answers.accuracy < LEARNT * (1 - answers.usual_share)
    if answers is not None:
        return answers.explained > 1 - LEARNT
    return facts.course[-1].loss < LEARNT * facts.data.naive_loss


def _falls_steadily(values: Sequence[float], naive: float) -> bool:
    """A loss that is still high, and falls in the second half of the epochs nearly as fast as in the first."""
    first, middle, last = values[0], values[len(values) // 2], values[-1]
    steps = [after - before for before, after in pairwise(values)]
    is_smooth = sum(step for step in steps if step > 0) < RETURNS * sum(map(abs, steps))
    is_steady = first - middle > STILL_FALLING * naive and middle - last > STEADY * (first - middle)
    return is_smooth and is_steady and last > naive / 2


def _series(points: Sequence[Point]) -> list[float]:
    return [point.loss if point.val_loss is None else point.val_loss for point in points]


def _val_loss(point: Point) -> float:
    return math.inf if point.val_loss is None or math.isnan(point.val_loss) else point.val_loss


def member_diverged(facts: Facts) -> Finding | None:
    """If all do, the job fails as that of one network would."""
    lost = [index + 1 for index in facts.lost_members]
    if not 0 < len(lost) < facts.members:
        return None
    which = ("Members " if len(lost) > 1 else "Member ") + ", ".join(map(str, lost))
    return Finding(
        code="member_diverged",
        severity="warning",
        sentence=f"{which} of {facts.members} diverged and {'have' if len(lost) > 1 else 'has'} no weight in the mean.",
        evidence={"members": lost},
        tries=("a smaller learning_rate", "clipping", "inputs of similar scale"),
    )
