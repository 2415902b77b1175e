"""Checks of one column's profile that networks of numbers and of tables share."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from service.data.profiles.column_profiles import ColumnProfiles
from service.schema.rules import shown, unknown
from service.schema.validation import Path, ValidationIssue

SHOWN_CATEGORIES = 5


def unknown_issue(profiles: ColumnProfiles, name: str, path: Path) -> Iterator[ValidationIssue]:
    if name not in profiles:
        yield ValidationIssue(path, unknown(name, profiles, f"column of {profiles.dataset}"))


def infinite_issue(name: str, profiles: ColumnProfiles, path: Path) -> Iterator[ValidationIssue]:
    if count := profiles.infinite(name):
        yield ValidationIssue(path, f'"{name}" is infinite in {rows_in_words(count)}; every number must be finite')


def target_issues(
    names: Sequence[str], profiles: ColumnProfiles, path: Path, *, classes: bool
) -> Iterator[ValidationIssue]:
    if profiles.rows_with(names) < 1:
        yield ValidationIssue(path, f"has no row in which {', '.join(names)} is known")
    elif classes and len(names) == 1 and profiles.distinct(names[0]) == 1:
        yield ValidationIssue(path, f'"{names[0]}" is the same in every row: with one class there is nothing to learn')


def unknown_target_issue(name: str, words: Sequence[str], known: Sequence[str], path: Path) -> ValidationIssue:
    """For `words` among a data set's targets that the network has no class for."""
    more = f" and {len(words) - SHOWN_CATEGORIES} more" if len(words) > SHOWN_CATEGORIES else ""
    found = ", ".join(map(shown, words[:SHOWN_CATEGORIES]))
    message = f'"{name}" holds {found}{more}, which the network does not know; it predicts {", ".join(known)}'
    return ValidationIssue(path, message)


def rows_in_words(count: int) -> str:
    return f"{count} row{'s' * (count != 1)}"
