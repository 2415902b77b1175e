"""What the profiles of a data set say about its columns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Protocol

from service.data.cell_words import number_word
from service.data.id_columns import is_like_an_id
from service.data.kinds.boolean import BooleanKind
from service.data.reading.read_as import ReadAs
from service.data.roles import Role, role_of
from service.schema.fields import spec_fields
from service.schema.types import Json

#: A number column of so few different whole numbers, one after the other, is taken for classes where it is the target.
MAX_WHOLE_CLASSES = 20
#: With gaps between them, of so few that come so often on average.
MAX_GAPPED_CLASSES, MIN_ROWS_PER_CLASS = 10, 10


class Profiled(Protocol):
    """A data set: of each of its columns the name, the type and the profile."""

    @property
    def name(self) -> str: ...
    @property
    def rows(self) -> int: ...
    @property
    def columns(self) -> Sequence[Json]: ...
    @property
    def warnings(self) -> Sequence[str]: ...


class ColumnProfiles:
    """The columns of a data set by name, with what their profiles say."""

    def __init__(self, dataset: Profiled) -> None:
        self.dataset = dataset.name
        self.rows = dataset.rows
        self._columns: Mapping[str, Json] = {column["name"]: column for column in dataset.columns}
        self._warnings = dataset.warnings

    def __iter__(self) -> Iterator[str]:
        return iter(self._columns)

    def __contains__(self, name: object) -> bool:
        return name in self._columns

    def type_of(self, name: str) -> str:
        return str(self._columns[name]["type"])

    def read_as(self, name: str) -> Json | None:
        """How its cells are written, where that is not the plain way, as a column of a network has it."""
        known = {field.name for field in spec_fields(ReadAs)}
        return {key: value for key, value in self._read_as(name).items() if key in known} or None

    def has_plain_dates(self, name: str) -> bool:
        """Whether its times are days, without a time of day."""
        return self._read_as(name).get("precision") == "day"

    def missing(self, name: str) -> int:
        return int(self._profile(name).get("missing") or 0)

    def distinct(self, name: str) -> int:
        """How many different values there are."""
        return int(self._profile(name).get("distinct") or 0)

    def words(self, name: str) -> Sequence[str]:
        """The categories of a column in alphabetical order; where there are very many, the most frequent ones."""
        if self.type_of(name) == "boolean":
            return self.flag_words(name)
        if self.type_of(name) == "number":
            return self.whole_numbers(name) or ()
        return sorted(map(str, self._profile(name).get("words") or ()))

    def word_counts(self, name: str) -> Mapping[str, int] | None:
        """In how many rows each of its words is, the most frequent first; None where that is not on record."""
        profile = self._profile(name)
        words, counts = profile.get("words") or (), profile.get("counts") or ()
        return dict(zip(map(str, words), counts, strict=True)) if words and len(words) == len(counts) else None

    def longest_word(self, name: str) -> int:
        """In characters, among the listed words."""
        return max(map(len, map(str, self._profile(name).get("words") or ())), default=0)

    def every_word(self, name: str) -> Sequence[str] | None:
        """All words of a category column; None where there are too many to list."""
        words = self._profile(name).get("words")
        return words if words is not None and len(words) == self.distinct(name) else None

    def infinite(self, name: str) -> int:
        """In how many rows the number is infinite."""
        return int(self._profile(name).get("infinite") or 0)

    def minimum(self, name: str) -> float | None:
        return self._number(name, "min")

    def maximum(self, name: str) -> float | None:
        return self._number(name, "max")

    def skew(self, name: str) -> float | None:
        """How far a column of numbers leans to one side, 0 for neither; None where that is not on record."""
        return self._number(name, "skew")

    def rows_with(self, targets: Iterable[str]) -> int:
        """An upper bound of the rows that have all their targets."""
        return self.rows - max(self.missing(name) for name in targets)

    def whole_numbers(self, name: str) -> Sequence[str] | None:
        """The values of a number column that holds a few whole numbers, in order; None for any other column.

        Either numbers in a row, such as 0, 1, 2, or few that come often, such as -1 and 1.
        """
        profile, count = self._profile(name), self.distinct(name)
        low, high = profile.get("min"), profile.get("max")
        if low is None or high is None or not 2 <= count <= MAX_WHOLE_CLASSES or profile.get("infinite"):
            return None
        if not (float(low).is_integer() and float(high).is_integer()):
            return None
        if (counts := self.counts(name)) is not None:
            return self._often_enough(counts, int(high) - int(low) + 1 == count)
        if high - low + 1 != count:
            return None
        return tuple(str(number) for number in range(int(low), int(high) + 1))

    def _often_enough(self, counts: Mapping[str, int], in_a_row: bool) -> Sequence[str] | None:
        numbers = sorted(map(float, counts))
        if not all(number.is_integer() for number in numbers):
            return None
        is_few = len(numbers) == 2 or (
            len(numbers) <= MAX_GAPPED_CLASSES and sum(counts.values()) >= MIN_ROWS_PER_CLASS * len(numbers)
        )
        return tuple(str(int(number)) for number in numbers) if in_a_row or is_few else None

    def counts(self, name: str) -> Mapping[str, int] | None:
        """In how many rows each value is, the most frequent first; None where not all of them are on record."""
        top = self._profile(name).get("top") or ()
        if not top or len(top) != self.distinct(name):
            return None
        words = {True: self.flag_words(name)[1], False: self.flag_words(name)[0]} if _is_flags(top) else {}
        return {words.get(item["value"], number_text(item["value"])): int(item["count"]) for item in top}

    def flag_words(self, name: str) -> tuple[str, str]:
        """How a column of yes and no writes no, and yes."""
        no, yes = self._profile(name).get("words") or BooleanKind.words
        return no, yes

    def role(self, name: str) -> Role | None:
        return role_of(self._columns[name], self.rows) if name in self._columns else None

    def doubts(self, used: Iterable[str]) -> Iterator[str]:
        """What was noticed when the file was read: about the file as a whole, and about the columns that are used."""
        unused = tuple(f'"{name}" ' for name in self._columns if name not in set(used))
        yield from (warning for warning in self._warnings if not warning.startswith(unused))

    def is_like_an_id(self, name: str) -> bool:
        """Whether nearly every row has a word of its own, or every row a whole number of a series."""
        return is_like_an_id(self.type_of(name), self._profile(name), self.rows)

    def _number(self, name: str, statistic: str) -> float | None:
        number: float | None = self._profile(name).get(statistic)
        return number

    def _read_as(self, name: str) -> Json:
        read_as: Json = self._columns[name].get("read_as") or {}
        return read_as

    def _profile(self, name: str) -> Json:
        profile: Json = self._columns[name].get("profile") or {}
        return profile


def _is_flags(top: Sequence[Json]) -> bool:
    return all(isinstance(item["value"], bool) for item in top)


def number_text(value: object) -> str:
    return number_word(value) if isinstance(value, int | float) else str(value)
