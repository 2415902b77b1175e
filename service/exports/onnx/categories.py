"""Columns of categories as nodes: text inputs, in which an empty text, `NA` and the like are missing cells."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product

import numpy as np

from service.data.cell_words import MISSING as MISSING_WORDS
from service.data.cell_words import number_word
from service.data.preprocessing.category import FLAGS, MISSING, UNSEEN, CategoryColumn, CategoryState
from service.exports.onnx.graph import FLOAT64, INT64, Value


def category(column: CategoryColumn, state: CategoryState, x: Value) -> list[Value]:
    """One-hot numbers (rows, categories), or the code of a vector (rows, 1); a missing cell where none may be is
    NaN."""
    keys = codes(column, MISSING if column.is_required else state.fill)
    # OneHot would take -1 for the last category; a comparison does not.
    code = x.call(
        "LabelEncoder",
        dtype=INT64,
        domain="ai.onnx.ml",
        keys_strings=list(keys),
        values_int64s=list(keys.values()),
        default_int64=UNSEEN,
    )
    if column.encode == "embedding":
        encoded = code.at_least(-1).cast(FLOAT64) + 1
    else:
        encoded = code.equals(np.arange(column.width)[None]).cast(FLOAT64)
    if column.is_required:
        encoded = code.equals(MISSING).where(x.graph.constant(np.nan, FLOAT64), encoded)
    return [encoded]


def codes(column: CategoryColumn, fill: int) -> Mapping[str, int]:
    """What each text means that is no unseen category, `fill` for a missing cell: ONNX finds exact texts only, so that
    other spellings are listed."""
    found = {}
    for text in dict.fromkeys(spellings(column)):
        place = column.vocabulary.place(text)
        if place != UNSEEN:
            found[text] = fill if place == MISSING else place
    return found


def spellings(column: CategoryColumn) -> Iterator[str]:
    """Every category, every word for a missing cell, and other ways to write a number, or yes and no."""
    yield from column.categories
    words = [*MISSING_WORDS, *(FLAGS if column.vocabulary.flags else ())]
    for word in words:
        yield from map("".join, product(*({letter, letter.upper()} for letter in word)))
    for number in column.vocabulary.numbers:
        yield from (number_word(number), str(float(number)))
