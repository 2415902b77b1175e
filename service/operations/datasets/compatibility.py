"""Whether a data set can train a network, told from its columns and their profiles alone, before anything is queued."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from service.data.cell_words import MAX_EXACT
from service.data.kinds.registry import KINDS
from service.data.number_columns import NumberColumns
from service.data.preprocessing.category import UNSEEN, Vocabulary
from service.data.preprocessing.table import TableSpec
from service.data.preprocessing.targets import CategoryTarget
from service.data.targets import TargetForm
from service.errors import FieldError
from service.jobs.division import TableShare
from service.operations.datasets.column_profiles import ColumnProfiles
from service.schema.rules import shown, unknown

SHOWN_WORDS = 5

Place = tuple[str | int, ...]


def column_issues(spec: TableSpec, columns: ColumnProfiles, path: Place) -> Iterator[FieldError]:
    """What keeps a data set from training a network that speaks names, or from validating it; `place` is where the
    request names the data set."""
    yield from shape_issues(spec, columns, path)
    for name in (*spec.features, *spec.target_names):
        if name in columns:
            yield from _infinite_issue(name, columns, path)
    known = [name for name in spec.target_names if name in columns]
    for name in spec.required:
        if name in columns and (missing := columns.missing(name)):
            words = f'the network needs "{name}" in every row, and {missing} {_rows(missing)} none'
            yield FieldError(path, words)
    for name in spec.features:
        if name in columns and _is_empty(name, columns):
            yield FieldError(path, f'"{name}" has no value in any row')
    target = spec.target[0]
    if isinstance(target.column, CategoryTarget) and target.name in columns:
        yield from _word_issues(target.name, Vocabulary(target.column.categories), columns, path)
    if len(known) == len(spec.target):
        yield from _target_issues(known, columns, path, classes=not spec.is_regression)


def shape_issues(spec: TableSpec, columns: ColumnProfiles, path: Place) -> Iterator[FieldError]:
    """What keeps any row of a data set from being read by a network that speaks names."""
    for item in (*spec.inputs, *spec.target):
        yield from _shape_issue(item.name, item.column.kind, columns, path)


def _shape_issue(name: str, kind: str, columns: ColumnProfiles, path: Place) -> Iterator[FieldError]:
    if name not in columns:
        yield FieldError(path, f'lacks the column "{name}", which the network needs; it has {", ".join(columns)}')
    elif columns.type_of(name) not in KINDS[kind].accepts and not _is_empty(name, columns):
        yield FieldError(path, f'"{name}" is a {columns.type_of(name)} column, and the network takes a {kind} there')
    elif kind == "category" and columns.type_of(name) == "number" and abs(columns.minimum(name) or 0) >= MAX_EXACT:
        words = "was read as numbers too large to be told apart; read the data set with the type category for it"
        yield FieldError(path, f'"{name}" {words}')


def _is_empty(name: str, columns: ColumnProfiles) -> bool:
    return columns.missing(name) == columns.rows > 0


def _word_issues(name: str, known: Vocabulary, columns: ColumnProfiles, path: Place) -> Iterator[FieldError]:
    """What keeps a column from telling which of the known classes a row is of."""
    strange = [word for word in columns.every_word(name) or () if known.place(word) == UNSEEN]
    if strange:
        yield _unknown_target_issue(name, strange, list(known.places), path)
    elif not _is_empty(name, columns) and not _may_know(name, known, columns):
        tells = ", ".join(known.places)
        yield FieldError(path, f'"{name}" holds no value that the network knows; it tells {tells}')


def _unknown_target_issue(name: str, strange: Sequence[str], known: Sequence[str], path: Place) -> FieldError:
    more = f" and {len(strange) - SHOWN_WORDS} more" if len(strange) > SHOWN_WORDS else ""
    words = f'"{name}" holds {", ".join(map(shown, strange[:SHOWN_WORDS]))}{more}, which the network'
    return FieldError(path, f"{words} does not know; it tells {', '.join(known)}")


def _may_know(name: str, known: Vocabulary, columns: ColumnProfiles) -> bool:
    """Whether a class may be among the values of a column, as far as its profile tells."""
    if columns.type_of(name) == "boolean":
        return bool(known.flags.keys() & {0.0, 1.0})
    listed = columns.whole_numbers if columns.type_of(name) == "number" else columns.every_word
    if (words := listed(name)) is not None:
        return any(known.place(word) >= 0 for word in words)
    least = columns.minimum(name)
    return least is None or any(number >= least for number in known.numbers)


def number_issues(
    wanted: NumberColumns, columns: ColumnProfiles, form: TargetForm, inputs: int
) -> Iterator[FieldError]:
    """What keeps columns from a network of plain numbers, by the fields `inputs` and `target` of the request."""
    if len(wanted.inputs) != inputs:
        yield FieldError(("inputs",), f"must name {inputs} columns, one for each input, got {len(wanted.inputs)}")
    places = {name: ("inputs", index) for index, name in enumerate(wanted.inputs)}
    for name, path in places.items():
        yield from unknown_issue(columns, name, path)
        if name in columns:
            yield from _plain_issues(name, columns, path)
    known = [name for name in wanted.targets if name in columns]
    for name in wanted.targets:
        yield from unknown_issue(columns, name, ("target",))
        if name in places:
            yield FieldError(("target",), f'must not be among the inputs: "{name}"')
    if len(known) == len(wanted.targets):
        yield from _plain_target_issues(known, columns, form)


def _plain_issues(name: str, columns: ColumnProfiles, path: Place) -> Iterator[FieldError]:
    kind = columns.type_of(name)
    if kind not in KINDS["number"].accepts:
        yield FieldError(path, f'"{name}" is a {kind} column, and this network takes plain numbers. {ADVICE}')
    elif missing := columns.missing(name):
        yield FieldError(path, f'"{name}" is missing in {missing} {_rows(missing, "")}. {ADVICE}')
    else:
        yield from _infinite_issue(name, columns, path)


ADVICE = "A network made with from_dataset fills in, encodes and scales by itself"


def _plain_target_issues(names: Sequence[str], columns: ColumnProfiles, form: TargetForm) -> Iterator[FieldError]:
    kinds = {columns.type_of(name) for name in names}
    labelled = len(names) == 1 and kinds == {"category"} and form.labels is not None
    indexed = len(names) == 1 and kinds <= {"number"} and (form.outputs == 1 or form.takes_indexes)
    numbers = len(names) == form.outputs and kinds <= {"number", "boolean"}
    if not (labelled or indexed or numbers):
        got = ", ".join(f"{name} ({columns.type_of(name)})" for name in names)
        yield FieldError(("target",), f"must be a column of {form.in_words}, or {form.outputs} columns; got {got}")
        return
    if labelled and form.labels:
        strange = [word for word in columns.every_word(names[0]) or () if word not in form.labels]
        if strange:
            yield _unknown_target_issue(names[0], strange, form.labels, ("target",))
    for name in names:
        yield from _infinite_issue(name, columns, ("target",))
    yield from _target_issues(names, columns, ("target",), classes=labelled)


def _target_issues(
    names: Sequence[str], columns: ColumnProfiles, path: Place, *, classes: bool
) -> Iterator[FieldError]:
    if columns.rows_with(names) < 1:
        yield FieldError(path, f"has no row in which {', '.join(names)} is known")
    elif classes and len(names) == 1 and columns.distinct(names[0]) == 1:
        yield FieldError(path, f'"{names[0]}" is the same in every row: there is one class, and nothing to tell apart')


def _infinite_issue(name: str, columns: ColumnProfiles, path: Place) -> Iterator[FieldError]:
    if infinite := columns.infinite(name):
        yield FieldError(path, f'"{name}" is infinite in {infinite} {_rows(infinite, "")}; every number must be finite')


def _rows(count: int, verb: str = " has") -> str:
    return f"row{'s' * (count != 1)}{' have' if verb and count != 1 else verb}"


def unknown_issue(columns: ColumnProfiles, name: str, path: Place) -> Iterator[FieldError]:
    if name not in columns:
        yield FieldError(path, unknown(name, columns, f"column of {columns.dataset}"))


def share_issues(
    share: TableShare, columns: ColumnProfiles, targets: Sequence[str], *, classes: bool
) -> Iterator[FieldError]:
    """What keeps a data set from being divided so."""
    path = ("validation",)
    if share.group is not None:
        yield from unknown_issue(columns, share.group, (*path, "group"))
    if share.time is not None:
        yield from unknown_issue(columns, share.time, (*path, "time"))
        if share.time in columns:
            yield from _time_issues(share.time, columns, (*path, "time"))
    if share.stratified and not classes:
        yield FieldError((*path, "stratified"), "needs a target that names one class for each row")
    if all(name in columns for name in targets) and (rows := columns.rows_with(targets)) < 2:
        yield FieldError((*path, "fraction"), f"needs at least 2 rows to divide, got {rows}")


def _time_issues(name: str, columns: ColumnProfiles, path: Place) -> Iterator[FieldError]:
    if columns.type_of(name) not in ("time", "number"):
        yield FieldError(path, f'must be a column of times or numbers; "{name}" is a {columns.type_of(name)} column')
    elif missing := columns.missing(name):
        yield FieldError(path, f'must be known in every row; "{name}" is missing in {missing}')


def weight_issues(name: str, columns: ColumnProfiles, targets: Sequence[str]) -> Iterator[FieldError]:
    """What keeps a column from saying how much each row counts."""
    path = ("sample_weight",)
    yield from unknown_issue(columns, name, path)
    if name not in columns:
        return
    if name in targets:
        yield FieldError(path, "must not be the target")
    if columns.type_of(name) != "number":
        yield FieldError(path, f'must be a column of numbers; "{name}" is a {columns.type_of(name)} column')
    elif missing := columns.missing(name):
        yield FieldError(path, f'must be known in every row; "{name}" is missing in {missing}')
    elif (least := columns.minimum(name)) is not None and least < 0:
        yield FieldError(path, f'must hold numbers of at least 0; the least of "{name}" is {least:g}')
    else:
        yield from _infinite_issue(name, columns, path)
