"""Whether a data set's rows can be divided and weighted as a request asks, from the data set's profiles alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from service.data.class_weights import ONE_CLASS_EACH
from service.data.profiles.column_profiles import ColumnProfiles
from service.data.profiles.shared_checks import infinite_issue, unknown_issue
from service.errors import FieldError
from service.jobs.division import too_few
from service.operations.training.validation_split import Shares
from service.schema.validation import Path, ValidationIssue


def share_issues(
    shares: Shares, profiles: ColumnProfiles, targets: Sequence[str], *, classes: bool
) -> Iterator[FieldError]:
    """What keeps a data set from being divided like this."""
    share = shares.way
    if share is None:
        return
    path = (shares.part,)
    for field, name in (("group", share.group), ("time", share.time)):
        if name is not None:
            yield from _fields(unknown_issue(profiles, name, (*path, field)))
    if share.time is not None and share.time in profiles:
        yield from _time_issues(share.time, profiles, (*path, "time"))
    if share.stratified and not classes:
        yield FieldError((*path, "stratified"), ONE_CLASS_EACH)
    if all(name in profiles for name in targets) and (message := too_few(profiles.rows_with(targets), _count(shares))):
        yield FieldError((*path, "fraction"), message)


def _count(shares: Shares) -> int:
    return sum(share is not None for share in shares)


def _time_issues(name: str, profiles: ColumnProfiles, path: Path) -> Iterator[FieldError]:
    if profiles.type_of(name) not in ("time", "number"):
        yield FieldError(path, f'must be a column of times or numbers; "{name}" is a {profiles.type_of(name)} column')
    elif missing := profiles.missing(name):
        yield FieldError(path, f'must be known in every row; "{name}" is missing in {missing}')


def weight_issues(name: str, profiles: ColumnProfiles, targets: Sequence[str]) -> Iterator[FieldError]:
    """What keeps a column from being the weight of each row."""
    path = ("sample_weight",)
    yield from _fields(unknown_issue(profiles, name, path))
    if name not in profiles:
        return
    if name in targets:
        yield FieldError(path, "must not be the target")
    if profiles.type_of(name) != "number":
        yield FieldError(path, f'must be a column of numbers; "{name}" is a {profiles.type_of(name)} column')
    elif missing := profiles.missing(name):
        yield FieldError(path, f'must be known in every row; "{name}" is missing in {missing}')
    elif (least := profiles.minimum(name)) is not None and least < 0:
        yield FieldError(path, f'must hold numbers of at least 0; the least of "{name}" is {least:g}')
    else:
        yield from _fields(infinite_issue(name, profiles, path))


def _fields(issues: Iterator[ValidationIssue]) -> Iterator[FieldError]:
    return (FieldError(issue.path, issue.message) for issue in issues)
