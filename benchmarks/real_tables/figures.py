"""How good answers are, and how methods rank over all tables."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import stats
from sklearn import metrics

from benchmarks.real_tables.tables import Split

Numbers = npt.NDArray[np.float64]
#: Means over the splits of a table, by figure and method.
Means = Mapping[str, Mapping[str, float]]
BINS = 15
#: The share of rows that intervals are asked to cover.
COVERED = 0.9
#: A difference below this is a tie: absolute for the first, relative for the second.
TIES = {"accuracy": 0.002, "log_loss": 0.01}


class Answers(NamedTuple):
    """Probabilities (rows, classes) in the order of the words, or numbers (rows,); `interval` is (rows, 2), of so many
    `judged` rows."""

    values: Numbers
    seconds: float
    interval: Numbers | None = None
    judged: int = 0


def figures(split: Split, answers: Answers) -> dict[str, float]:
    found = _of_numbers(split, answers) if split.table.is_numeric else _of_classes(split, answers.values)
    return found | {"seconds": answers.seconds}


def _of_numbers(split: Split, answers: Answers) -> dict[str, float]:
    wanted = np.array(split.wanted, float)
    found = {
        "r2": float(metrics.r2_score(wanted, answers.values)),
        "rmse": float(np.sqrt(np.mean((wanted - answers.values) ** 2))),
    }
    if answers.interval is not None:
        low, high = answers.interval.T
        hits = (low <= wanted) & (wanted <= high)
        found["covered"] = float(np.mean(hits))
        found["covered_as_promised"] = float(_is_chance(int(hits.sum()), len(wanted), answers.judged))
        found["width"] = float(np.mean(high - low) / wanted.std())
    return found


def _is_chance(hits: int, rows: int, judged: int) -> bool:
    """Whether so many of these rows fall into split conformal intervals as 99 of 100 draws of both give."""
    rank = math.ceil(COVERED * (judged + 1))
    low, high = stats.betabinom(rows, rank, judged + 1 - rank).interval(0.99)
    return bool(low <= hits <= high)


def _of_classes(split: Split, shares: Numbers) -> dict[str, float]:
    """`f1` and `average_precision` are of the rarest class."""
    words = split.classes
    truth = np.searchsorted(words, split.wanted)
    p = np.clip(shares, 1e-7, 1)
    p = p / p.sum(axis=1, keepdims=True)
    sure, chosen, rarest = p.max(axis=1), p.argmax(axis=1), int(np.argmin(np.bincount(truth, minlength=len(words))))
    bins = np.minimum((sure * BINS).astype(int), BINS - 1)
    gaps = np.bincount(bins, sure - (chosen == truth), BINS)
    present = [index for index in range(len(words)) if 0 < np.count_nonzero(truth == index) < len(truth)]
    return {
        "accuracy": float(np.mean(chosen == truth)),
        "log_loss": float(-np.mean(np.log(p[np.arange(len(truth)), truth]))),
        "auc": float(np.mean([metrics.roc_auc_score(truth == index, p[:, index]) for index in present])),
        "f1": float(metrics.f1_score(truth == rarest, chosen == rarest, zero_division=0)),
        "average_precision": float(metrics.average_precision_score(truth == rarest, p[:, rarest])),
        "ece": float(np.abs(gaps).sum() / len(truth)),
    }


def mean_ranks(tables: Iterable[Means], names: Sequence[str], methods: Sequence[str], *, up: bool) -> dict[str, float]:
    """By method, over the tables that have one of these figures; of equals the mean of their ranks."""
    ranks = []
    for known in _known(tables, names):
        values = np.array([known[method] for method in methods]) * (-1 if up else 1)
        ranks.append([1 + np.sum(values < own) + (np.sum(values == own) - 1) / 2 for own in values])
    return dict(zip(methods, np.mean(ranks, axis=0).tolist(), strict=True)) if ranks else {}


def wins(tables: Iterable[Means], names: Sequence[str], peer: str, own: str, *, up: bool) -> str:
    """Wins, ties and losses against a peer."""
    counts = [0, 0, 0]
    for known in _known(tables, names):
        gap = (known[own] - known[peer]) * (1 if up else -1)
        tie = TIES["accuracy"] if up else TIES["log_loss"] * abs(known[peer])
        counts[1 if abs(gap) <= tie else 0 if gap > 0 else 2] += 1
    return "-".join(map(str, counts))


def gain(table: Means, names: Sequence[str], peer: str, own: str) -> float:
    """A figure of which less is better, as a share of the peer's."""
    known = next(table[name] for name in names if name in table)
    return known[own] / known[peer]


def _known(tables: Iterable[Means], names: Sequence[str]) -> Iterable[Mapping[str, float]]:
    return [next(table[name] for name in names if name in table) for table in tables if set(names) & set(table)]
