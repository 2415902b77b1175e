"""What the profiles of several kinds have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from service.data.kinds.kind import Json

if TYPE_CHECKING:
    import pyarrow as pa

Numbers = npt.NDArray[np.float64]

BINS = 20


def counted(column: pa.ChunkedArray) -> Json:
    import pyarrow.compute as pc

    return {"missing": column.null_count, "distinct": pc.count_distinct(column, mode="only_valid").as_py()}


def histogram(finite: Numbers) -> Json:
    """Equal bins between the least and the greatest; one bin where there is no room for more between them."""
    low, high = finite.min(), finite.max()
    with np.errstate(over="ignore", invalid="ignore"):
        edges = np.linspace(low, high, BINS + 1)
        has_room = np.isfinite(edges).all() and (np.diff(edges) > 0).all()
    if not has_room:
        return {"counts": [len(finite)], "edges": [float(low), float(high)]}
    return {"counts": np.histogram(finite, edges)[0].tolist(), "edges": edges.tolist()}


def counted_words(column: pa.ChunkedArray) -> list[tuple[str, int]]:
    """The different words, the most frequent first, of equals by the alphabet."""
    found = column.drop_null().cast("string").value_counts()
    pairs = zip(found.field("values").to_pylist(), found.field("counts").to_pylist(), strict=True)
    return sorted(pairs, key=lambda pair: (-pair[1], pair[0]))
