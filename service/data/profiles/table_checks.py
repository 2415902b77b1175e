"""Whether a data set can train a network for the columns of a table, from the data set's profiles alone."""

from __future__ import annotations

from collections.abc import Iterator

from service.data.cell_words import MAX_EXACT
from service.data.kinds.registry import KINDS
from service.data.preprocessing.category import UNSEEN, Vocabulary
from service.data.preprocessing.table import TableSpec
from service.data.preprocessing.targets import CategoryTarget
from service.data.profiles.column_profiles import ColumnProfiles
from service.data.profiles.shared_checks import infinite_issue, rows_in_words, target_issues, unknown_target_issue
from service.schema.validation import ValidationIssue


def column_issues(table: TableSpec, profiles: ColumnProfiles) -> Iterator[ValidationIssue]:
    """What keeps a data set from training the network, or from validating it."""
    yield from shape_issues(table, profiles)
    for name in (*table.features, *table.target_names):
        if name in profiles:
            yield from infinite_issue(name, profiles, ())
    for name in table.required:
        if name in profiles and (missing := profiles.missing(name)):
            yield _issue(f'the network needs "{name}" in every row; it is missing in {rows_in_words(missing)}')
    for name in table.features:
        if name in profiles and _is_empty(name, profiles):
            yield _issue(f'"{name}" has no value in any row')
    target = table.target[0]
    if isinstance(target.column, CategoryTarget) and target.name in profiles:
        yield from _category_issues(target.name, Vocabulary(target.column.categories), profiles)
    if all(name in profiles for name in table.target_names):
        yield from target_issues(table.target_names, profiles, (), classes=not table.is_regression)


def shape_issues(table: TableSpec, profiles: ColumnProfiles) -> Iterator[ValidationIssue]:
    """What keeps the network from reading any row of a data set."""
    for item in (*table.inputs, *table.target):
        yield from _shape_issue(item.name, item.column.kind, profiles)


def input_issues(table: TableSpec, profiles: ColumnProfiles) -> Iterator[ValidationIssue]:
    """What keeps the network from predicting every row of a data set, by its columns that the data set has."""
    for item in table.inputs:
        if item.name in profiles:
            yield from _shape_issue(item.name, item.column.kind, profiles)
            yield from infinite_issue(item.name, profiles, ())
    for name in table.required:
        if name in profiles and (missing := profiles.missing(name)):
            yield _issue(f'the network needs "{name}" in every row; it is missing in {rows_in_words(missing)}')


def _shape_issue(name: str, kind: str, profiles: ColumnProfiles) -> Iterator[ValidationIssue]:
    if name not in profiles:
        yield _issue(f'lacks the column "{name}", which the network needs; it has {", ".join(profiles)}')
    elif profiles.type_of(name) not in KINDS[kind].accepts and not _is_empty(name, profiles):
        yield _issue(f'"{name}" is a {profiles.type_of(name)} column, and the network takes a {kind} there')
    elif kind == "category" and profiles.type_of(name) == "number" and abs(profiles.minimum(name) or 0) >= MAX_EXACT:
        advice = "read the data set with the type category for it"
        yield _issue(f'"{name}" was read as numbers too large to be distinguished; {advice}')


def _is_empty(name: str, profiles: ColumnProfiles) -> bool:
    return profiles.missing(name) == profiles.rows > 0


def _category_issues(name: str, known: Vocabulary, profiles: ColumnProfiles) -> Iterator[ValidationIssue]:
    """What keeps a column from saying which of the known classes a row belongs to."""
    unseen = [word for word in profiles.every_word(name) or () if known.place(word) == UNSEEN]
    if unseen:
        yield unknown_target_issue(name, unseen, list(known.places), ())
    elif not _is_empty(name, profiles) and not _may_be_known(name, known, profiles):
        yield _issue(f'"{name}" holds no value that the network knows; it predicts {", ".join(known.places)}')


def _may_be_known(name: str, known: Vocabulary, profiles: ColumnProfiles) -> bool:
    """Whether a class may be among the values of a column, as far as its profile shows."""
    if profiles.type_of(name) == "boolean":
        return bool(known.flags.keys() & {0.0, 1.0})
    listed = profiles.whole_numbers if profiles.type_of(name) == "number" else profiles.every_word
    if (words := listed(name)) is not None:
        return any(known.place(word) >= 0 for word in words)
    least = profiles.minimum(name)
    return least is None or any(number >= least for number in known.numbers)


def _issue(message: str) -> ValidationIssue:
    return ValidationIssue((), message)
