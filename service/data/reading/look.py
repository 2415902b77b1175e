"""A column of texts that is looked at, and what comes of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from service.data.reading.evidence import Evidence
from service.data.reading.read_as import ReadAs
from service.data.reading.settings import Settings
from service.data.reading.words import Words

Json = dict[str, Any]

#: So many cells stand as examples of how a column was read.
EXAMPLES = 3
#: Of a column of words: so many cells have to be of another kind for the rest to look like mistakes.
MOSTLY = 0.5


class UnreadableColumn(ValueError):
    """A column is not what the request says it is: these words of it are not, or the whole of it for a reason."""

    def __init__(self, words: Sequence[str], reason: str | None = None) -> None:
        self.words, self.reason = words, reason
        super().__init__(reason or f"these are not: {words[:EXAMPLES]}")


@dataclass
class Look:
    """`said` gathers why the column is not one of numbers, as ends of sentences: of use if it is one of words."""

    words: Words
    settings: Settings
    evidence: Evidence
    has_null: bool = False  #: whether the file has a way of its own to write a missing cell
    is_wanted: bool = False  #: whether a request has said what the column is
    said: list[str] = field(default_factory=list)


@dataclass
class ReadColumn:
    """A column as it is stored, how it was read, and what is doubtful about that, as ends of sentences."""

    cells: pa.ChunkedArray
    read_as: Json = field(default_factory=dict)
    warnings: Sequence[str] = ()
    words: tuple[str, str] | None = None  #: how a column of yes and no writes no, and yes


#: What reads a column that leaves two ways, once all columns of the file have been looked at.
Finish = Callable[[], ReadColumn]


def in_json(
    read_as: ReadAs,
    words: Words,
    *,
    counts: Mapping[str, int] | None = None,
    examples: Sequence[tuple[str, Any]] = (),
    is_day: bool = False,
) -> Json:
    """How a column was read, as a data set says it; empty for the plain way."""
    found: Json = {key: count for key, count in (counts or {}).items() if count}
    if words.missing:
        found["missing"] = dict(words.missing)
    written = {**read_as.to_json(), **({"precision": "day"} if is_day else {})}
    if not written and not found:
        return {}
    shown = [{"text": text, "value": value} for text, value in examples[:EXAMPLES]]
    return {**written, **({"counts": found} if found else {}), **({"examples": shown} if shown else {})}


def mostly(what: str, cells: int, others: Mapping[str, int]) -> list[str]:
    """What to say of a column of words in which `cells` cells are numbers, or dates, and `others` are not."""
    count = sum(others.values())
    if not others or cells <= MOSTLY * (cells + count):
        return []
    frequent = sorted(others, key=lambda word: -others[word])
    examples = ", ".join(f'"{word[:30]}"' for word in frequent[:EXAMPLES])
    return [
        f"is mostly {what}: {count:,} cell{' is' if count == 1 else 's are'} not ({examples}), and it is taken for "
        f"words; say missing={frequent[0][:30]} if that is a missing cell"
    ]
