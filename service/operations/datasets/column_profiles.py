"""What is known of a data set's columns from its profile."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from service.data.id_columns import is_like_an_id
from service.domain.records import Dataset, Json

#: A number column of so few different whole numbers is taken for classes when it is to be told.
MAX_WHOLE_CLASSES = 20


class ColumnProfiles:
    """The columns of a data set by name, with what their profiles say."""

    def __init__(self, dataset: Dataset) -> None:
        self.dataset = dataset.name
        self.rows = dataset.rows
        self._columns: Mapping[str, Json] = {column["name"]: column for column in dataset.columns}

    def __iter__(self) -> Iterator[str]:
        return iter(self._columns)

    def __contains__(self, name: object) -> bool:
        return name in self._columns

    def type_of(self, name: str) -> str:
        return str(self._columns[name]["type"])

    def missing(self, name: str) -> int:
        return int(self._profile(name).get("missing") or 0)

    def distinct(self, name: str) -> int:
        """How many different values there are."""
        return int(self._profile(name).get("distinct") or 0)

    def words(self, name: str) -> Sequence[str]:
        """The words of a category column in the order of the alphabet; of very many the most frequent ones."""
        if self.type_of(name) == "boolean":
            return ("false", "true")
        if self.type_of(name) == "number":
            return self.whole_numbers(name) or ()
        return sorted(map(str, self._profile(name).get("words") or ()))

    def longest_word(self, name: str) -> int:
        """In characters, of the words that are known."""
        return max(map(len, map(str, self._profile(name).get("words") or ())), default=0)

    def every_word(self, name: str) -> Sequence[str] | None:
        """All words of a category column; None where there are too many to be listed."""
        words = self._profile(name).get("words")
        return words if words is not None and len(words) == self.distinct(name) else None

    def infinite(self, name: str) -> int:
        """In how many rows a number is."""
        return int(self._profile(name).get("infinite") or 0)

    def minimum(self, name: str) -> float | None:
        least: float | None = self._profile(name).get("min")
        return least

    def rows_with(self, targets: Iterable[str]) -> int:
        """At most so many rows have all their targets."""
        return self.rows - max(self.missing(name) for name in targets)

    def whole_numbers(self, name: str) -> Sequence[str] | None:
        """The values of a number column that holds a few whole numbers in a row, such as 0, 1, 2; else None."""
        profile, count = self._profile(name), self.distinct(name)
        low, high = profile.get("min"), profile.get("max")
        if low is None or high is None or not 2 <= count <= MAX_WHOLE_CLASSES:
            return None
        if not (float(low).is_integer() and float(high).is_integer() and high - low + 1 == count):
            return None
        return tuple(str(number) for number in range(int(low), int(high) + 1))

    def is_like_an_id(self, name: str) -> bool:
        """Whether nearly every row has a word of its own, or every row a whole number of a series."""
        return is_like_an_id(self.type_of(name), self._profile(name), self.rows)

    def _profile(self, name: str) -> Json:
        profile: Json = self._columns[name].get("profile") or {}
        return profile
