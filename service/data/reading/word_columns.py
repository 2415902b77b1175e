"""Columns of texts that are words, or something that a kind recognises in words, such as yes and no."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pyarrow as pa

from service.data.cell_words import MISSING
from service.data.kinds.kind import ColumnKind
from service.data.kinds.registry import KINDS
from service.data.reading.flag_words import flag_words
from service.data.reading.look import Look, ReadColumn, in_json
from service.data.reading.missing import ERRORS, SIGNS, missing_words
from service.data.reading.read_as import ReadAs
from service.data.reading.words import Words

#: Words that may be missing cells of a column of words.
AMONG_WORDS = MISSING | SIGNS | ERRORS
#: Of so many words those that look like a missing cell are compared with.
COMPARED = 1000
#: The kinds that are judged by rules of their own.
JUDGED = ("number", "time", "category")


def read_recognised(look: Look) -> ReadColumn | None:
    """As the first kind that recognises all cells."""
    kinds = (kind for kind in KINDS.values() if kind.name not in JUDGED)
    return next((found for kind in kinds if (found := read_as_kind(look, kind, kind.recognised)) is not None), None)


def read_as_kind(look: Look, kind: ColumnKind, read: Callable[[Any], Any]) -> ReadColumn | None:
    """As one kind reads texts; None where it cannot."""
    sample = [word for word in look.words.sample() if word.lower() not in AMONG_WORDS]
    if read(pa.chunked_array([pa.array(sample, pa.string())])) is None:
        return None
    gone = look.words.among(AMONG_WORDS)
    left = Words(look.words.cells, gone)
    found = read(left.cells) if left.present or not look.words.present else None
    if found is None:
        return None
    look.words.take_away(gone)
    written = flag_words(look.words.cells, found) if kind.name == "boolean" else None
    return ReadColumn(found, in_json(ReadAs(missing=tuple(look.words.missing)), look.words), words=written)


def read_words(look: Look) -> ReadColumn:
    words, kept = look.words, tuple[str, ...]()
    if candidates := words.among(AMONG_WORDS):
        others = [word for word in words.different[:COMPARED].to_pylist() if word not in candidates]
        gone, kept = missing_words(candidates, others, has_null=look.has_null)
        words.take_away(gone)
    look.said += [
        f'has the word "{word}", taken for a category; say missing={word} if it is a missing cell' for word in kept
    ]
    return ReadColumn(words.cells, in_json(ReadAs(missing=tuple(words.missing)), words), look.said)
