"""Whether columns of a data set can train a network of plain numbers, from the data set's profiles alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from service.data.kinds.registry import KINDS
from service.data.number_columns import NumberColumns
from service.data.profiles.column_profiles import ColumnProfiles
from service.data.profiles.shared_checks import (
    infinite_issue,
    rows_in_words,
    target_issues,
    unknown_issue,
    unknown_target_issue,
)
from service.data.targets import TargetForm
from service.schema.validation import Path, ValidationIssue

ADVICE = "A network made with from_dataset fills in, encodes and scales by itself"
TARGET: Path = ("target",)


def number_issues(
    columns: NumberColumns, profiles: ColumnProfiles, form: TargetForm, inputs: int
) -> Iterator[ValidationIssue]:
    """What is wrong, by the names of the columns below `inputs` and `target`."""
    if len(columns.inputs) != inputs:
        message = f"must name {inputs} columns, one for each input, got {len(columns.inputs)}"
        yield ValidationIssue(("inputs",), message)
    paths: dict[str, Path] = {name: ("inputs", index) for index, name in enumerate(columns.inputs)}
    for name, path in paths.items():
        yield from unknown_issue(profiles, name, path)
        if name in profiles:
            yield from _input_issues(name, profiles, path)
    for name in columns.targets:
        yield from unknown_issue(profiles, name, TARGET)
        if name in paths:
            yield ValidationIssue(TARGET, f'must not be among the inputs: "{name}"')
    if all(name in profiles for name in columns.targets):
        yield from _target_issues(columns.targets, profiles, form)


def input_issues(names: Sequence[str], profiles: ColumnProfiles) -> Iterator[ValidationIssue]:
    """What keeps the columns of a data set from being a network's inputs."""
    for name in names:
        if name in profiles:
            yield from _input_issues(name, profiles, ())


def _input_issues(name: str, profiles: ColumnProfiles, path: Path) -> Iterator[ValidationIssue]:
    kind = profiles.type_of(name)
    if kind not in KINDS["number"].accepts:
        message = f'"{name}" is a {kind} column, and this network takes plain numbers. {ADVICE}'
        yield ValidationIssue(path, message)
    elif missing := profiles.missing(name):
        yield ValidationIssue(path, f'"{name}" is missing in {rows_in_words(missing)}. {ADVICE}')
    else:
        yield from infinite_issue(name, profiles, path)


def _target_issues(names: Sequence[str], profiles: ColumnProfiles, form: TargetForm) -> Iterator[ValidationIssue]:
    kinds = {profiles.type_of(name) for name in names}
    labelled = len(names) == 1 and kinds == {"category"} and form.labels is not None
    indexed = len(names) == 1 and kinds <= {"number"} and (form.outputs == 1 or form.takes_indexes)
    numbers = len(names) == form.outputs and kinds <= {"number", "boolean"}
    if not (labelled or indexed or numbers):
        got = ", ".join(f"{name} ({profiles.type_of(name)})" for name in names)
        message = f"must be a column of {form.in_words}, or {form.outputs} columns; got {got}"
        yield ValidationIssue(TARGET, message)
        return
    if labelled and form.labels:
        unseen = [word for word in profiles.every_word(names[0]) or () if word not in form.labels]
        if unseen:
            yield unknown_target_issue(names[0], unseen, form.labels, TARGET)
    for name in names:
        yield from infinite_issue(name, profiles, TARGET)
    yield from target_issues(names, profiles, TARGET, classes=labelled)
