"""The requested columns of a network, completed from the profiles of a data set."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from service.data.kinds.boolean import BooleanKind
from service.data.kinds.registry import KINDS
from service.data.preprocessing.category import MAX_CATEGORIES, MAX_WORD
from service.data.preprocessing.entries import MAX_NAME
from service.data.preprocessing.piecewise import DEFAULT_BINS
from service.data.preprocessing.table import TableSpec
from service.data.preprocessing.time import DEFAULT_PARTS
from service.data.profiles.column_profiles import ColumnProfiles
from service.data.roles import Role
from service.engine.recipes import PIECEWISE
from service.operations.networks.tidying import Tidied, few_bins, tidied, tidied_target, words_too_rare
from service.schema.rules import shown, unknown
from service.schema.validation import SpecError, ValidationIssue

AUTO = "auto"
#: With more categories, a column gets learned vectors rather than a number for each category.
EMBEDDED_FROM = 30
SHOWN_REASONS = 3
#: A target of at most so many different numbers may be meant as classes.
MAX_DOUBTFUL_CLASSES = 20


def _classes(name: str, found: ColumnProfiles) -> list[str]:
    """The classes in the order of the alphabet; but of two words the rare one second, which makes it the yes."""
    words = list(found.words(name))
    counts = found.counts(name)
    if found.type_of(name) == "category" and len(words) == 2 and counts is not None:
        return sorted(words, key=lambda word: -counts.get(word, 0))
    return words


def takes_columns(body: Mapping[str, Any]) -> bool:
    """Whether a network is asked for whose inputs are the columns of a table, rather than numbers in a row."""
    if any(body.get(name) is not None for name in ("target", "dataset", "from_dataset")):
        return True
    inputs = body.get("inputs")
    return inputs == AUTO or (isinstance(inputs, list) and any(isinstance(item, Mapping) for item in inputs))


@dataclass(frozen=True)
class ReadColumns:
    table: TableSpec
    warnings: Sequence[str]  #: of what was left out
    tidied: Sequence[Tidied] = ()  #: options that were chosen
    opened: Sequence[str] = ()  #: number columns that are encoded piecewise for some members of an ensemble


def read_table_spec(
    inputs: Any,
    target: Any,
    known: ColumnProfiles | None,
    labels: Any = None,
    *,
    tidy: bool = False,
    piecewise: bool = False,
) -> ReadColumns:
    """The spec of the requested columns; with `tidy`, options that they leave open suit what is in the data set. With
    `piecewise`, number columns that leave their encoding open are encoded so.

    Raises SpecError with paths below `inputs` and `target`.
    """
    reader = _ColumnReader(known, tidy=tidy, piecewise=piecewise)
    columns = reader.inputs(inputs, reader.names_of(target))
    predicted = reader.target(target, labels)
    few_bins(reader.binned, known.rows if known else 0)
    if reader.issues:
        raise SpecError(reader.issues)
    table = TableSpec.from_json({"inputs": columns, "target": predicted})
    return ReadColumns(table, reader.warnings, reader.tidied, reader.opened)


@dataclass
class _ColumnReader:
    known: ColumnProfiles | None
    tidy: bool = False
    piecewise: bool = False
    tidied: list[Tidied] = field(default_factory=list)
    opened: list[str] = field(default_factory=list)
    binned: list[dict[str, Any]] = field(default_factory=list)  #: those of them whose bins the proposal decides
    issues: list[ValidationIssue] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    used: list[str] = field(default_factory=list)  #: of the columns that are found to be of use

    def inputs(self, value: Any, targets: Sequence[str]) -> list[Any]:
        if value == AUTO:
            return self._auto(targets)
        if not isinstance(value, list) or not value:
            self._reject(("inputs",), f'must be a list of columns or "{AUTO}", got {shown(value)}')
            return []
        return [self._input(item, ("inputs", index)) for index, item in enumerate(value)]

    def target(self, value: Any, labels: Any) -> Any:
        if value is None:
            self._reject(("target",), "is required: the column to predict")
            return None
        if isinstance(value, list):
            several = len(value) > 1
            return [self._target(item, ("target", index), None, several) for index, item in enumerate(value)]
        return self._target(value, ("target",), labels)

    def names_of(self, target: Any) -> list[str]:
        items = target if isinstance(target, list) else [target]
        names = (item.get("name") if isinstance(item, Mapping) else item for item in items)
        return [name for name in names if isinstance(name, str)]

    def _auto(self, targets: Sequence[str]) -> list[Any]:
        if self.known is None:
            self._reject(("inputs",), f'"{AUTO}" needs a dataset whose columns can be looked at')
            return []
        for name in self.known:
            if name not in targets and self._is_of_use(name, self.known, targets):
                self.used.append(name)
        names = self.used
        if not names:
            reasons = "".join(f"; {warning}" for warning in self.warnings[:SHOWN_REASONS])
            self._reject(
                ("inputs",), f"{self.known.dataset} has no column to learn from other than the target{reasons}"
            )
        return [self._input(name, ("inputs", index)) for index, name in enumerate(names)]

    def _is_of_use(self, name: str, known: ColumnProfiles, targets: Sequence[str]) -> bool:
        reason = None
        if len(name) > MAX_NAME:
            self.warnings.append(
                f"{shown(name)} is longer than {MAX_NAME} characters and is left out; rename the column"
            )
            return False
        if known.longest_word(name) > MAX_WORD:
            self.warnings.append(f'"{name}" holds texts of more than {MAX_WORD:,} characters, and is left out')
            return False
        if known.missing(name) == known.rows:
            reason = "has no value in any row"
        elif known.distinct(name) == 1 and not known.missing(name):
            reason = "has the same value in every row"
        elif (role := known.role(name)) is not None and role.sure and not self._is_needed(role, name, targets):
            reason = role.reason
        elif self._copies_target(name, known, targets):
            reason = "is the same as the target in every row"
        elif self.tidy:
            reason = words_too_rare(name, known)
        if reason:
            self.warnings.append(f'"{name}" {reason}, and is left out; list it in inputs to use it anyway')
        return reason is None

    def _is_needed(self, role: Role, name: str, targets: Sequence[str]) -> bool:
        """Whether a copy of another column stays: where that one is no input, and not the target in the same words."""
        return role.of is not None and role.of not in self.used and role.of not in targets

    def _copies_target(self, name: str, known: ColumnProfiles, targets: Sequence[str]) -> bool:
        return any((role := known.role(target)) is not None and role.of == name for target in targets)

    def _input(self, item: Any, path: tuple[str | int, ...]) -> Any:
        column = self._named(item, path)
        if column is None:
            return item
        name = column["name"]
        found = self._found(name)
        column.setdefault("type", found.type_of(name) if found else "number")
        self._check_kind(column, found, path)
        if self.tidy and found:
            self.tidied += tidied(column, found)
        if self.piecewise and column["type"] == "number" and "encode" not in column:
            self._encode_piecewise(column, found)
        if column["type"] == "category":
            self._complete_category(column, path)
        if found and not found.missing(name) and "impute" not in column:
            column.setdefault("required", True)
        _read_alike(column, found)
        return column

    def _encode_piecewise(self, column: dict[str, Any], found: ColumnProfiles | None) -> None:
        """In no more bins than its different numbers make; two are no steps."""
        bins = DEFAULT_BINS if found is None else found.distinct(column["name"]) - 1
        if bins < 2:
            return
        column["encode"] = PIECEWISE
        if self.tidy and "bins" not in column:
            self.binned.append(column)
        if bins < DEFAULT_BINS:
            column.setdefault("bins", bins)
        self.opened.append(column["name"])

    def _complete_category(self, column: dict[str, Any], path: tuple[str | int, ...]) -> None:
        name = column["name"]
        if "categories" in column:
            return
        found = self._found(name)
        words = found.words(name) if found else ()
        if not words or found is None:
            self._reject((*path, "categories"), "is required, or a dataset that has this column as categories")
            return
        column["categories"] = list(words[:MAX_CATEGORIES])
        if len(words) > EMBEDDED_FROM:
            column.setdefault("encode", "embedding")
        if found.distinct(name) > len(words):
            others = found.distinct(name) - len(words)
            self.warnings.append(
                f'"{name}" has {others:,} more categories than the {len(words):,} that are known to it'
            )

    def _target(self, item: Any, path: tuple[str | int, ...], labels: Any, several: bool = False) -> Any:
        column = self._named(item, path)
        if column is None:
            return item
        name, found = column["name"], self._found(column["name"])
        if "type" not in column:
            column["type"] = self._target_type(name, found, labels, several)
            if column["type"] == "time":
                reason = "is a time column, but a network predicts numbers, classes or booleans: make it a number"
                self._reject(path, f'"{name}" {reason}, such as days until then')
                column["type"] = "number"
        elif found:
            self._check_kind(column, found, path)
        if column["type"] == "category" and "categories" not in column:
            words = _classes(name, found) if found else labels if isinstance(labels, list) else []
            column["categories"] = words
            self._check_classes(name, words, found, path)
        _read_alike(column, found)
        if self.tidy:
            self.tidied += tidied_target(column)
        if found and found.missing(name) == found.rows:
            self._reject(path, f'"{name}" has no value in any row of {found.dataset}')
        return column

    def _target_type(self, name: str, found: ColumnProfiles | None, labels: Any, several: bool) -> str:
        if found is None:
            return "category" if labels else "number"
        # Of several targets none can be classes, which take all outputs for themselves.
        if several:
            return found.type_of(name)
        if found.type_of(name) == "boolean":  # in the words of the table
            return "boolean" if tuple(found.words(name)) == BooleanKind.words else "category"
        if found.type_of(name) == "number" and (numbers := found.whole_numbers(name)):
            self.warnings.append(
                f'"{name}" holds {", ".join(numbers)}, and is treated as classes; for a number give '
                f'the target as {{"name": "{name}", "type": "number"}}'
            )
            return "category"
        if found.type_of(name) == "number" and found.distinct(name) <= MAX_DOUBTFUL_CLASSES:
            self.warnings.append(
                f'"{name}" holds {found.distinct(name)} different numbers, and is treated as a number; for '
                f'classes give the target as {{"name": "{name}", "type": "category"}}'
            )
        return found.type_of(name)

    def _check_kind(self, column: Mapping[str, Any], found: ColumnProfiles | None, path: tuple[str | int, ...]) -> None:
        # What no column can be, its spec rejects.
        if found is None or not isinstance(column["type"], str) or column["type"] not in KINDS:
            return
        name, kind = column["name"], found.type_of(column["name"])
        if found.missing(name) == found.rows > 0:
            return
        if kind not in KINDS[column["type"]].accepts:
            self._reject((*path, "type"), f'"{name}" is a {kind} column of {found.dataset}, and no {column["type"]}')

    def _check_classes(
        self, name: str, words: Sequence[str], found: ColumnProfiles | None, path: tuple[str | int, ...]
    ) -> None:
        if found is None:
            if not words:
                self._reject((*path, "categories"), "is required, or a dataset that has this column")
        elif found.distinct(name) == 1:
            self._reject(path, f'"{name}" is the same in every row: there is only one class')
        elif found.distinct(name) > len(words) or found.is_like_an_id(name):
            self._reject(path, f'"{name}" has {found.distinct(name):,} different values: too many to be classes')

    def _named(self, item: Any, path: tuple[str | int, ...]) -> dict[str, Any] | None:
        """A column as an object with a name that the data set has; None for anything else, with its issue."""
        column = {"name": item} if isinstance(item, str) else dict(item) if isinstance(item, Mapping) else None
        if column is None or not isinstance(column.get("name"), str):
            self._reject(path, f"must be the name of a column, or an object with its name and type, got {shown(item)}")
            return None
        if self.known is not None and column["name"] not in self.known:
            where = path if isinstance(item, str) else (*path, "name")
            self._reject(where, unknown(column["name"], self.known, f"column of {self.known.dataset}"))
            return None
        return column

    def _found(self, name: str) -> ColumnProfiles | None:
        return self.known if self.known is not None and name in self.known else None

    def _reject(self, path: tuple[str | int, ...], message: str) -> None:
        self.issues.append(ValidationIssue(path, message))


def _read_alike(column: dict[str, Any], found: ColumnProfiles | None) -> None:
    """Let the cells of requests be read as those of the data set were."""
    if found is None:
        return
    if column["type"] in (found.type_of(column["name"]), "category") and (read_as := found.read_as(column["name"])):
        column.setdefault("read_as", read_as)
    if column["type"] == "time" and found.has_plain_dates(column["name"]) and found.type_of(column["name"]) == "time":
        column.setdefault("parts", [part for part in DEFAULT_PARTS if part != "hour"])
