"""Columns of categories."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from service.data.cell_words import MAX_EXACT, NO, YES, number_word
from service.data.cell_words import MISSING as MISSING_WORDS
from service.data.frame import Column
from service.data.kinds.number import NUMBER
from service.data.preprocessing.column import Floats, InputColumn, Learnt, Values, written_as
from service.data.preprocessing.entries import ColumnName
from service.data.preprocessing.imputers import CATEGORY_IMPUTERS, ConstantWord, MostFrequentWord, NoImputation, Own
from service.data.reading.read_as import ReadAs
from service.data.row_keys import Bits, word_bits
from service.schema.fields import Choice, Spec, field
from service.schema.rules import Flag, Integer, Items, OneOf, unknown
from service.schema.validation import ValidationIssue

MAX_CATEGORIES = 10_000
MAX_WORD = 1000
MISSING, UNSEEN = -1, -2
FLAGS = dict.fromkeys(NO, 0.0) | dict.fromkeys(YES, 1.0)
#: What the category is called that missing cells have of their own.
OWN_PART = "(missing)"


def vector_size(categories: int) -> int:
    """Default length of a learned vector: 1.6 n^0.56, at most 50 (fastai's rule of thumb)."""
    return min(50, max(1, round(1.6 * math.pow(categories, 0.56))))


class Vocabulary:
    """Which category a cell means, in whatever way it is written: `2.0` for 2, `True` for yes."""

    def __init__(self, categories: tuple[str, ...]) -> None:
        self._categories = categories

    @cached_property
    def places(self) -> Mapping[str, int]:
        """The index of each category in the list."""
        return {word: place for place, word in enumerate(self._categories)}

    def place(self, text: str) -> int:
        """That of a text's category, or MISSING, or UNSEEN."""
        if (place := self.places.get(text)) is not None:
            return place
        word = text.strip()
        if word in self.places:
            return self.places[word]
        if word.lower() in MISSING_WORDS:
            return MISSING
        if (number := _number(word)) is not None:
            return self.numbers.get(number, UNSEEN)
        flag = _flag(word)
        return UNSEEN if flag is None else self.flags.get(flag, UNSEEN)

    @cached_property
    def numbers(self) -> Mapping[float, int]:
        """What the cells of a column of numbers mean."""
        return {**self._by_flag, **self._by_number}

    @cached_property
    def flags(self) -> Mapping[float, int]:
        """What yes and no mean, as 1 and 0."""
        return {**self._by_number, **self._by_flag}

    @cached_property
    def _by_number(self) -> Mapping[float, int]:
        return self._meant(_number, number_word)

    @cached_property
    def _by_flag(self) -> Mapping[float, int]:
        return self._meant(_flag, lambda flag: "true" if flag else "false")

    def _meant(self, read: Callable[[str], float | None], write: Callable[[float], str]) -> dict[float, int]:
        """Of several categories that are read alike, the one written as here is meant, or none."""
        alike: dict[float, list[int]] = {}
        for word, place in self.places.items():
            if (value := read(word.strip())) is not None:
                alike.setdefault(value, []).append(place)
        return {
            value: places[0] if len(places) == 1 else self.places.get(write(value), UNSEEN)
            for value, places in alike.items()
        }


def _number(word: str) -> float | None:
    """None also for one that double precision cannot distinguish from its neighbours."""
    number = float(word) if NUMBER.fullmatch(word) else math.inf
    return number if abs(number) < MAX_EXACT else None


def _flag(word: str) -> float | None:
    return FLAGS.get(word.lower())


def codes_of(column: Column, categories: tuple[str, ...]) -> Values:
    """A column's cells as places in `categories`; words that look like numbers, or like yes and no, may have been read
    as such."""
    if column.kind == "category" and column.words == categories:
        return column.values
    vocabulary = Vocabulary(categories)
    if column.kind == "category":
        table = np.array([*map(vocabulary.place, column.words), MISSING], np.int32)
        return table[column.values]
    codes = np.full(len(column), UNSEEN, np.int32)
    for number, place in (vocabulary.flags if column.kind == "boolean" else vocabulary.numbers).items():
        codes[column.values == number] = place
    codes[column.missing] = MISSING
    return codes


def repeated(words: tuple[str, ...]) -> Iterable[ValidationIssue]:
    if len(set(words)) < len(words):
        seen: set[str] = set()
        for index, word in enumerate(words):
            if word in seen:
                yield ValidationIssue((index,), f'occurs twice: "{word}"')
            seen.add(word)


@dataclass(frozen=True, kw_only=True)
class CategoryState(Spec):
    fill: int = field(Integer(minimum=0), default=0)


@dataclass(frozen=True, kw_only=True)
class CategoryColumn(InputColumn):
    """One of a list of categories: one-hot numbers, or a code for a learned vector. A category that is not in the list
    counts as unseen: all its one-hot numbers are 0, or its code is 0."""

    name = "category"
    kind = "category"
    state = CategoryState

    categories: tuple[str, ...] = field(
        Items(ColumnName(MAX_WORD), at_least=1, at_most=MAX_CATEGORIES), help="the known categories"
    )
    encode: str = field(OneOf(("one_hot", "embedding")), default="one_hot", help="one-hot numbers, or a learned vector")
    size: int | None = field(
        Integer(minimum=1, maximum=1000),
        default=None,
        help="length of the learned vector; null: 1.6 n^0.56, at most 50",
    )
    impute: Spec = field(
        Choice(CATEGORY_IMPUTERS),
        default=MostFrequentWord(),
        help="value for missing cells",
    )
    required: bool = field(
        Flag(), default=False, help="whether every row must name the column, even if its cell is missing"
    )
    read_as: ReadAs | None = written_as()

    def cross_check(self) -> Iterable[ValidationIssue]:
        yield from (issue.under("categories") for issue in repeated(self.categories))
        if self.size is not None and self.encode != "embedding":
            yield ValidationIssue(("size",), 'needs "encode": "embedding"')
        if isinstance(self.impute, ConstantWord) and self.impute.value not in self.categories:
            yield ValidationIssue(("impute", "value"), unknown(self.impute.value, self.categories, "category"))

    @property
    def is_required(self) -> bool:
        return isinstance(self.impute, NoImputation)

    @cached_property
    def _words(self) -> tuple[str, ...]:
        return (*self.categories, OWN_PART) if isinstance(self.impute, Own) else self.categories

    @cached_property
    def vocabulary(self) -> Vocabulary:
        return Vocabulary(self.categories)

    @cached_property
    def encoded(self) -> tuple[str, ...]:
        return ("",) if self.encode == "embedding" else self._words

    @property
    def codes(self) -> tuple[int, int] | None:
        if self.encode != "embedding":
            return None
        return len(self._words), self.size or vector_size(len(self._words))

    def neutral(self) -> CategoryState:
        if isinstance(self.impute, Own):
            return CategoryState(fill=len(self.categories))
        if isinstance(self.impute, ConstantWord):
            return CategoryState(fill=self.categories.index(self.impute.value))
        return CategoryState()

    def state_issues(self, state: CategoryState) -> Iterable[ValidationIssue]:
        if state.fill >= len(self._words):
            yield ValidationIssue(
                ("fill",), f"must be the place of a category, at most {len(self._words) - 1}, got {state.fill}"
            )

    def fit(self, column: Column) -> Learnt:
        cells = self.cells(column)
        counts = np.bincount(cells[cells >= 0], minlength=len(self.categories))
        warnings: tuple[str, ...] = ()
        if not counts.any():
            warnings = ("has no known category in any training row",)
        elif len(cells) == counts.max():
            warnings = ("has the same value in every training row, and carries no information",)
        if isinstance(self.impute, MostFrequentWord):
            return Learnt(CategoryState(fill=int(counts.argmax())), warnings)
        return Learnt(self.neutral(), warnings)

    def cells(self, column: Column) -> Values:
        return codes_of(column, self.categories)

    def bits(self, column: Column) -> Bits:
        return word_bits(self.categories)[self.cells(column)]

    def with_missing(self, column: Column) -> Column:
        """The column, with missing cells where a word such as NA says so and is no category."""
        if column.kind != "category" or column.words == self.categories:
            return column
        codes = [code for code, word in enumerate(column.words) if self.vocabulary.place(word) == MISSING]
        if not codes:
            return column
        return Column("category", np.where(np.isin(column.values, codes), np.int32(-1), column.values), column.words)

    def write(self, state: CategoryState, cells: Values, out: Floats) -> None:
        codes = np.where(cells == MISSING, state.fill, cells)
        if self.encode == "embedding":
            np.copyto(out[0], np.maximum(codes, -1) + 1)
            return
        out[...] = 0
        known = np.flatnonzero(codes >= 0)
        out[codes[known], known] = 1

    def shown_fill(self, state: CategoryState) -> str:
        return self._words[state.fill]
