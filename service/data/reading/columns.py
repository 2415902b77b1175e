"""Columns of texts to what they say, each judged as a whole."""

from __future__ import annotations

import pyarrow as pa

from service.data.kinds.kind import ColumnKind
from service.data.kinds.registry import KINDS, kind_of
from service.data.reading.evidence import Evidence
from service.data.reading.look import Finish, Look, ReadColumn, UnreadableColumn
from service.data.reading.missing import AMONG_VALUES
from service.data.reading.number_columns import read_numbers, read_plain
from service.data.reading.settings import Settings
from service.data.reading.time_columns import read_clock_times, read_times
from service.data.reading.word_columns import read_as_kind, read_recognised, read_words
from service.data.reading.words import Words
from service.schema.validation import SpecError

#: How a column of texts is read whose kind no request gives: in this order.
GUESSES = (read_numbers, read_recognised, read_times, read_clock_times)


class ColumnReader:
    """Reads the columns of one file. `has_null` says that the file has a way of its own to write a missing cell."""

    def __init__(self, settings: Settings, *, delimiter: str | None = None, has_null: bool = False) -> None:
        self._settings = settings
        self._has_null = has_null
        self._evidence = Evidence(delimiter)

    def look(self, texts: pa.ChunkedArray, wanted: str | None) -> ReadColumn | Finish:
        """The column; or, where its cells leave two ways of reading, what reads it once all columns have been looked
        at. Raises UnreadableColumn."""
        if wanted in (None, "number") and (numbers := self._plain(texts, wanted)) is not None:
            return ReadColumn(numbers)
        words = Words(texts, self._settings.missing)
        look = Look(words, self._settings, self._evidence, self._has_null, is_wanted=wanted is not None)
        return self._guessed(look) if wanted is None else self._wanted(look, KINDS[wanted])

    def doubts(self, texts: pa.ChunkedArray) -> list[str]:
        """What a column looks like that its file says to be texts."""
        found = self.look(texts, None)
        column = found() if callable(found) else found
        kind = kind_of(column.cells.type)
        if kind.name == "category":
            return list(column.warnings)
        return [f"holds texts that can all be read as {kind.name}s; say types=…:{kind.name} to have them read so"]

    def _plain(self, texts: pa.ChunkedArray, wanted: str | None) -> pa.ChunkedArray | None:
        settings = self._settings
        if settings.missing or settings.decimal == "," or settings.thousands is not None:
            return None
        if (found := read_plain(texts, is_wanted=wanted is not None)) is None:
            return None
        numbers, decimal = found
        if decimal is not None:
            self._evidence.add_decimal(decimal)
        return numbers

    def _guessed(self, look: Look) -> ReadColumn | Finish:
        for guess in GUESSES if look.words.present else ():
            if (found := guess(look)) is not None:
                return found
        return read_words(look)

    def _wanted(self, look: Look, kind: ColumnKind) -> ReadColumn | Finish:
        found: ReadColumn | Finish | None
        if kind.name == "number":
            found = read_clock_times(look) or read_numbers(look)
        elif kind.name == "time":
            found = read_times(look)
        elif kind.name == "category":
            found = read_words(look)
        else:
            found = read_as_kind(look, kind, kind.from_texts)
        if found is None:
            raise _unreadable(look.words, kind)
        return found


def _unreadable(words: Words, kind: ColumnKind) -> UnreadableColumn:
    wrong = [word for word in words.different.to_pylist() if not _is_of(kind, word)]
    return UnreadableColumn(wrong, None if wrong else "is not written in one way")


def _is_of(kind: ColumnKind, word: str) -> bool:
    try:
        return word.lower() in AMONG_VALUES or bool(kind.from_text(word) is not None)
    except SpecError:
        return False
