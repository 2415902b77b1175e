"""The words in which a column writes yes and no."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from service.data.kinds.boolean import BooleanKind

#: What goes with a word where the column has no other.
OTHER = {"yes": "no", "no": "yes", "true": "false", "false": "true", "1": "0", "0": "1"}


def flag_words(texts: pa.ChunkedArray, flags: pa.ChunkedArray) -> tuple[str, str]:
    """How no is written, and how yes is: each as most cells write it."""
    no, yes = (_usual(texts.filter(pc.fill_null(pc.equal(flags, wanted), False))) for wanted in (False, True))
    if no is None or yes is None:
        one = (no or yes or BooleanKind.words[0]).lower()
        other = OTHER.get(one, one)
        no, yes = no or other, yes or other
    return no, yes


def _usual(texts: pa.ChunkedArray) -> str | None:
    if not len(texts):
        return None
    counts = pc.value_counts(pc.utf8_trim_whitespace(texts)).to_pylist()
    return str(max(counts, key=lambda item: (item["counts"], item["values"]))["values"])
