"""The shapes of a column's texts: every digit is 0, so that a million numbers have a hundred shapes."""

from __future__ import annotations

from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from service.data.reading.number_text import FRONT_ZERO

#: A column with more shapes is one of words.
MAX_SHAPES = 5000
#: So many different words are looked at to see whether there are values among them at all.
SAMPLED = 200


class Shape(NamedTuple):
    text: str
    cells: int
    example: str  #: a cell of this shape


def shapes_of(words: pa.Array, counts: pa.Array) -> list[Shape] | None:
    """The shapes of different words with their counts; None where there are too many."""
    marked = pc.replace_substring_regex(words, "^([^0-9]*)0", rf"\1{FRONT_ZERO}")
    shapes = pc.replace_substring_regex(marked, "[0-9]", "0")
    if len(shapes) > MAX_SHAPES and pc.count_distinct(shapes).as_py() > MAX_SHAPES:
        return None
    grouped = pa.table({"shape": shapes, "cells": counts, "word": words}).group_by("shape", use_threads=False)
    found = grouped.aggregate([("cells", "sum"), ("word", "first")])
    columns = (found[name].to_pylist() for name in ("shape", "cells_sum", "word_first"))
    return [Shape(*item) for item in zip(*columns, strict=True)]
