"""Piecewise-linear encoding: how far a number has got through each of several bins (Gorishniy, Rubachev & Babenko 2022,
"On Embeddings for Numerical Features in Tabular Deep Learning", eq. 1), held to 0 and 1 at both ends."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

DEFAULT_BINS = 16


def knots_of(z: Floats, bins: int) -> tuple[float, ...]:
    """The edges of at most `bins` bins with about equally many of these finite numbers (one or more), ascending and all
    different. Few different numbers are edges themselves; quantiles that coincide make fewer bins, equal numbers none.
    """
    different = np.unique(z)
    if len(different) > bins + 1:
        different = np.unique(np.quantile(z, np.linspace(0, 1, bins + 1)))
    return tuple(different.tolist())


def write_bins(z: Floats, knots: tuple[float, ...], out: Floats) -> None:
    """Numbers (rows,) as the share of each bin that lies below them, (bins, rows); of bins that no knots make, 0."""
    used = len(knots) - 1
    out[used:] = 0
    if used:
        edges = np.array(knots)[:, np.newaxis]
        shares = out[:used]
        np.subtract(z, edges[:-1], out=shares)
        shares /= np.diff(edges, axis=0)
        np.clip(shares, 0, 1, out=shares)
