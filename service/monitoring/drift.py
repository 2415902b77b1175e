"""How far the distribution of new rows has moved from that of the training rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from service.monitoring.cells import Cells, Floats, missing_in
from service.monitoring.reference import NumberReference, WordReference, present

#: Bins of equal share that numbers are compared in.
GROUPS = 10


class KolmogorovSmirnov(NamedTuple):
    statistic: float
    p_value: float


@dataclass(frozen=True)
class Bin:
    """One bin with its share of the training rows and of the new ones.

    Numbers lie above `above` and not above `up_to`; None: without end.
    """

    expected: float
    actual: float
    kind: str  #: range, word, other, missing
    above: float | None = None
    up_to: float | None = None
    word: str | None = None


@dataclass(frozen=True)
class ColumnDrift:
    name: str
    kind: str
    psi: float
    ks: KolmogorovSmirnov | None  #: None for words
    bins: tuple[Bin, ...]


def psi(expected: Sequence[int] | Any, actual: Sequence[int] | Any) -> float:
    """The population stability index of rows by bin, Σ (a - e) ln(a / e) for the shares a and e of each bin.

    Half a row is added to each bin, so that an empty one does not make it infinite. The usual reading: below 0.1
    nothing has moved, above 0.2 or 0.25 the model needs a look. Without a move it is about (bins - 1)(1/n + 1/m) for
    n and m rows (Yurdakul 2018). Sources: Siddiqi 2006, *Credit Risk Scorecards*, on scorecard stability; Kullback &
    Leibler 1951, whose symmetric divergence it is.
    """
    e, a = (_shares(np.asarray(counts, np.float64) + 0.5) for counts in (expected, actual))
    return float(np.sum((a - e) * np.log(a / e)))


def kolmogorov_smirnov(reference: NumberReference, cells: Cells) -> KolmogorovSmirnov | None:
    """The two-sample statistic, the largest distance of the two cumulative distributions, and its asymptotic p-value.

    It is exact if every value of training is an edge of the reference. Otherwise it is taken at the edges alone, where
    the reference is known, and is too small by at most the share of one bin. None without a value on one side.
    Sources: Smirnov 1948; the p-value as in Press et al. 2007, *Numerical Recipes*, section 14.3.3.
    """
    values, rows = present(cells), sum(reference.counts)
    if not values.size or not rows:
        return None
    known = np.cumsum(reference.counts) / rows
    found, before = (np.searchsorted(values, reference.edges, side=side) / values.size for side in ("right", "left"))
    distances = [np.abs(known - found)]
    if reference.exact:
        distances.append(np.abs(np.append(0.0, known[:-1]) - before))
    statistic = float(np.max(np.concatenate(distances)))
    return KolmogorovSmirnov(statistic, p_value(statistic, rows, values.size))


def p_value(statistic: float, n: int, m: int) -> float:
    """How likely so large a statistic is without a move: 2 Σ (-1)^(k-1) exp(-2 k² λ²), λ = (√N + 0.12 + 0.11/√N) D
    with N = n m / (n + m) (Stephens 1970)."""
    root = np.sqrt(n * m / (n + m))
    scaled = (root + 0.12 + 0.11 / root) * statistic
    if scaled < 0.2:  # The sum does not converge there; the value differs from 1 by less than 1e-12.
        return 1.0
    k = np.arange(1, 101)
    total = 2 * np.sum((-1.0) ** (k - 1) * np.exp(-2 * np.square(k * scaled)))
    return float(np.clip(total, 0.0, 1.0))


def column_drift(name: str, reference: NumberReference | WordReference, cells: Cells) -> ColumnDrift:
    """Raises ValueError for cells of another kind than the reference's."""
    found, ks = reference.counts_of(cells), None
    if isinstance(reference, NumberReference):
        bins, kind, ks = _ranges(reference, found), reference.kind, kolmogorov_smirnov(reference, cells)
    else:
        bins, kind = _words(reference, found), "category"
    missing = missing_in(cells)
    if missing or reference.missing:
        bins.append(_Counted(reference.missing, missing, {"kind": "missing"}))
    index = psi([one.expected for one in bins], [one.actual for one in bins])
    return ColumnDrift(name, kind, index, ks, tuple(_in_shares(bins)))


class _Counted(NamedTuple):
    expected: int
    actual: int
    what: dict[str, Any]


def _ranges(reference: NumberReference, found: Sequence[int]) -> list[_Counted]:
    """Neighbouring bins whose middle lies in the same tenth of the training rows count as one."""
    counts = np.array(reference.counts, np.float64)
    middles = (np.cumsum(counts) - counts / 2) / max(counts.sum(), 1)
    groups = np.minimum((middles * GROUPS).astype(int), GROUPS - 1)
    bins: list[_Counted] = []
    for group in np.unique(groups).tolist():
        own = np.flatnonzero(groups == group).tolist()
        first, last = own[0], own[-1]
        bins.append(
            _Counted(
                sum(reference.counts[first : last + 1]),
                sum(found[first : last + 1]),
                {
                    "kind": "range",
                    "above": reference.edges[first - 1] if first else None,
                    "up_to": reference.edges[last] if last + 1 < len(groups) else None,
                },
            )
        )
    return bins


def _words(reference: WordReference, found: Sequence[int]) -> list[_Counted]:
    what = [*({"kind": "word", "word": word} for word in reference.words), {"kind": "other"}]
    bins = [_Counted(*counted) for counted in zip(reference.counts, found, what, strict=True)]
    return bins if bins[-1].expected or bins[-1].actual else bins[:-1]


def _in_shares(bins: Sequence[_Counted]) -> Iterator[Bin]:
    expected, actual = max(sum(one.expected for one in bins), 1), max(sum(one.actual for one in bins), 1)
    for one in bins:
        yield Bin(one.expected / expected, one.actual / actual, **one.what)


def _shares(counts: Floats) -> Floats:
    shares: Floats = counts / counts.sum()
    return shares
