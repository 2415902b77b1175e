"""Whether a data set can train a network, told from its columns and their profiles alone, before anything is queued."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from service.data.number_columns import NumberColumns
from service.data.preprocessing.category import UNSEEN, Vocabulary
from service.data.preprocessing.checks import TAKES
from service.data.preprocessing.table import TableSpec
from service.data.preprocessing.targets import CategoryTarget
from service.data.targets import TargetForm
from service.data.words import MAX_EXACT
from service.engine.rules import shown, unknown
from service.errors import FieldError
from service.jobs.division import TableShare
from service.operations.known_columns import KnownColumns

SHOWN_WORDS = 5

Place = tuple[str | int, ...]


def named_faults(spec: TableSpec, columns: KnownColumns, place: Place) -> Iterator[FieldError]:
    """What keeps a data set from training a network that speaks names, or from validating it; `place` is where the
    request names the data set."""
    yield from shape_faults(spec, columns, place)
    for name in (*spec.features, *spec.target_names):
        if name in columns:
            yield from _infinite_fault(name, columns, place)
    known = [name for name in spec.target_names if name in columns]
    for name in spec.required:
        if name in columns and (missing := columns.missing(name)):
            words = f'the network needs "{name}" in every row, and {missing} {_rows(missing)} none'
            yield FieldError(place, words)
    for name in spec.features:
        if name in columns and _is_empty(name, columns):
            yield FieldError(place, f'"{name}" has no value in any row')
    target = spec.target[0]
    if isinstance(target.column, CategoryTarget) and target.name in columns:
        yield from _word_faults(target.name, Vocabulary(target.column.categories), columns, place)
    if len(known) == len(spec.target):
        yield from _target_faults(known, columns, place, classes=not spec.is_regression)


def shape_faults(spec: TableSpec, columns: KnownColumns, place: Place) -> Iterator[FieldError]:
    """What keeps any row of a data set from being read by a network that speaks names."""
    for item in (*spec.inputs, *spec.target):
        yield from _shape_fault(item.name, item.column.kind, columns, place)


def _shape_fault(name: str, kind: str, columns: KnownColumns, place: Place) -> Iterator[FieldError]:
    if name not in columns:
        yield FieldError(place, f'lacks the column "{name}", which the network needs; it has {", ".join(columns)}')
    elif columns.type_of(name) not in TAKES[kind] and not _is_empty(name, columns):
        yield FieldError(place, f'"{name}" is a {columns.type_of(name)} column, and the network takes a {kind} there')
    elif kind == "category" and columns.type_of(name) == "number" and abs(columns.minimum(name) or 0) >= MAX_EXACT:
        words = "was read as numbers too large to be told apart; read the data set with the type category for it"
        yield FieldError(place, f'"{name}" {words}')


def _is_empty(name: str, columns: KnownColumns) -> bool:
    return columns.missing(name) == columns.rows > 0


def _word_faults(name: str, known: Vocabulary, columns: KnownColumns, place: Place) -> Iterator[FieldError]:
    """What keeps a column from telling which of the known classes a row is of."""
    strange = [word for word in columns.every_word(name) or () if known.place(word) == UNSEEN]
    if strange:
        yield _strange_fault(name, strange, list(known.places), place)
    elif not _is_empty(name, columns) and not _may_know(name, known, columns):
        tells = ", ".join(known.places)
        yield FieldError(place, f'"{name}" holds no value that the network knows; it tells {tells}')


def _strange_fault(name: str, strange: Sequence[str], known: Sequence[str], place: Place) -> FieldError:
    more = f" and {len(strange) - SHOWN_WORDS} more" if len(strange) > SHOWN_WORDS else ""
    words = f'"{name}" holds {", ".join(map(shown, strange[:SHOWN_WORDS]))}{more}, which the network'
    return FieldError(place, f"{words} does not know; it tells {', '.join(known)}")


def _may_know(name: str, known: Vocabulary, columns: KnownColumns) -> bool:
    """Whether a class may be among the values of a column, as far as its profile tells."""
    if columns.type_of(name) == "boolean":
        return bool(known.flags.keys() & {0.0, 1.0})
    listed = columns.whole_numbers if columns.type_of(name) == "number" else columns.every_word
    if (words := listed(name)) is not None:
        return any(known.place(word) >= 0 for word in words)
    least = columns.minimum(name)
    return least is None or any(number >= least for number in known.numbers)


def number_faults(wanted: NumberColumns, columns: KnownColumns, form: TargetForm, inputs: int) -> Iterator[FieldError]:
    """What keeps columns from a network of plain numbers, by the fields `inputs` and `target` of the request."""
    if len(wanted.inputs) != inputs:
        yield FieldError(("inputs",), f"must name {inputs} columns, one for each input, got {len(wanted.inputs)}")
    places = {name: ("inputs", index) for index, name in enumerate(wanted.inputs)}
    for name, place in places.items():
        yield from unknown_fault(columns, name, place)
        if name in columns:
            yield from _plain_faults(name, columns, place)
    known = [name for name in wanted.targets if name in columns]
    for name in wanted.targets:
        yield from unknown_fault(columns, name, ("target",))
        if name in places:
            yield FieldError(("target",), f'must not be among the inputs: "{name}"')
    if len(known) == len(wanted.targets):
        yield from _plain_target_faults(known, columns, form)


def _plain_faults(name: str, columns: KnownColumns, place: Place) -> Iterator[FieldError]:
    kind = columns.type_of(name)
    if kind not in TAKES["number"]:
        yield FieldError(place, f'"{name}" is a {kind} column, and this network takes plain numbers. {ADVICE}')
    elif missing := columns.missing(name):
        yield FieldError(place, f'"{name}" is missing in {missing} {_rows(missing, "")}. {ADVICE}')
    else:
        yield from _infinite_fault(name, columns, place)


ADVICE = "A network made with from_dataset fills in, encodes and scales by itself"


def _plain_target_faults(names: Sequence[str], columns: KnownColumns, form: TargetForm) -> Iterator[FieldError]:
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
            yield _strange_fault(names[0], strange, form.labels, ("target",))
    for name in names:
        yield from _infinite_fault(name, columns, ("target",))
    yield from _target_faults(names, columns, ("target",), classes=labelled)


def _target_faults(names: Sequence[str], columns: KnownColumns, place: Place, *, classes: bool) -> Iterator[FieldError]:
    if columns.rows_with(names) < 1:
        yield FieldError(place, f"has no row in which {', '.join(names)} is known")
    elif classes and len(names) == 1 and columns.distinct(names[0]) == 1:
        yield FieldError(place, f'"{names[0]}" is the same in every row: there is one class, and nothing to tell apart')


def _infinite_fault(name: str, columns: KnownColumns, place: Place) -> Iterator[FieldError]:
    if infinite := columns.infinite(name):
        yield FieldError(
            place, f'"{name}" is infinite in {infinite} {_rows(infinite, "")}; every number must be finite'
        )


def _rows(count: int, verb: str = " has") -> str:
    return f"row{'s' * (count != 1)}{' have' if verb and count != 1 else verb}"


def unknown_fault(columns: KnownColumns, name: str, place: Place) -> Iterator[FieldError]:
    if name not in columns:
        yield FieldError(place, unknown(name, columns, f"column of {columns.dataset}"))


def share_faults(
    share: TableShare, columns: KnownColumns, targets: Sequence[str], *, classes: bool
) -> Iterator[FieldError]:
    """What keeps a data set from being divided so."""
    place = ("validation",)
    if share.group is not None:
        yield from unknown_fault(columns, share.group, (*place, "group"))
    if share.time is not None:
        yield from unknown_fault(columns, share.time, (*place, "time"))
        if share.time in columns:
            yield from _time_faults(share.time, columns, (*place, "time"))
    if share.stratified and not classes:
        yield FieldError((*place, "stratified"), "needs a target that names one class for each row")
    if all(name in columns for name in targets) and (rows := columns.rows_with(targets)) < 2:
        yield FieldError((*place, "fraction"), f"needs at least 2 rows to divide, got {rows}")


def _time_faults(name: str, columns: KnownColumns, place: Place) -> Iterator[FieldError]:
    if columns.type_of(name) not in ("time", "number"):
        yield FieldError(place, f'must be a column of times or numbers; "{name}" is a {columns.type_of(name)} column')
    elif missing := columns.missing(name):
        yield FieldError(place, f'must be known in every row; "{name}" is missing in {missing}')


def weight_faults(name: str, columns: KnownColumns, targets: Sequence[str]) -> Iterator[FieldError]:
    """What keeps a column from saying how much each row counts."""
    place = ("sample_weight",)
    yield from unknown_fault(columns, name, place)
    if name not in columns:
        return
    if name in targets:
        yield FieldError(place, "must not be the target")
    if columns.type_of(name) != "number":
        yield FieldError(place, f'must be a column of numbers; "{name}" is a {columns.type_of(name)} column')
    elif missing := columns.missing(name):
        yield FieldError(place, f'must be known in every row; "{name}" is missing in {missing}')
    elif (least := columns.minimum(name)) is not None and least < 0:
        yield FieldError(place, f'must hold numbers of at least 0; the least of "{name}" is {least:g}')
    else:
        yield from _infinite_fault(name, columns, place)
