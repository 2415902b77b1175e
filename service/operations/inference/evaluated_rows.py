"""Which rows an evaluation is on: those of the request, of a data set, or those that a training held out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from service.data.preprocessing.checks import raise_issues
from service.data.profiles.column_profiles import ColumnProfiles
from service.data.signatures.labelled_rows import LabelledRows
from service.domain.datasets import Dataset
from service.domain.jobs import Job
from service.errors import Conflict, NotFound
from service.jobs.division import TEST, TRAINING, VALIDATION
from service.jobs.member_rows import are_drawn
from service.jobs.options import JobOptions
from service.jobs.preparation import division_of
from service.operations.backend import Backend
from service.operations.datasets.read_columns import read_columns
from service.operations.jobs.job_row_sources import TableRows
from service.operations.jobs.job_rows import source_of
from service.operations.models.models import Model
from service.operations.validation import invalid, invalid_fields, naming
from service.schema.validation import DataError

GIVEN, ALL = "given", "all"
PARTS = (TRAINING, VALIDATION, TEST)
SEEN = "Rows that the weights were trained on look better than new ones do: judge by held-out rows."
OTHERS = "These weights come from another training than these rows, and may have been trained on them."
UNDIVIDED = (
    'is required: this training held no rows out; "training" evaluates on the rows that it was trained on, and data or '
    "another data set on rows of your own"
)

HELD_OUT_BY = (
    "Each member of this ensemble has validation rows of its own. These are judged by the {count} of {all} members "
    "that have held them out, whose mean is a little worse than that of all."
)
OF_MEMBERS = (
    "must be test, training or all: each member of an ensemble has validation rows of its own, which the others were "
    "trained on. Hold test rows out, or give data or another data set"
)


@dataclass(frozen=True)
class EvaluatedOn:
    """`rows` is given, all, or a part of a job's rows; `counts` are those of all parts of that job."""

    rows: str
    job: Job | None = None
    dataset: str | None = None
    counts: Mapping[str, int] | None = None
    warnings: Sequence[str] = ()


@dataclass(frozen=True)
class EvaluatedRows:
    """`members` are those of an ensemble that have not been trained on the rows; None: all."""

    table: LabelledRows
    on: EvaluatedOn
    members: Sequence[int] | None = None


def rows_to_evaluate(backend: Backend, body: Mapping[str, Any], model: Model, job: Job | None) -> EvaluatedRows:
    """`job` is the training that the request names or that the weights come from, where it is still there.

    Raises Invalid; NotFound for a data set that does not exist; Conflict where the rows of the job cannot be found.
    """
    data, ref = body.get("data"), body.get("dataset")
    if data is not None and ref is not None:
        raise invalid("dataset", "must be given alone: either data or a dataset")
    if data is not None:
        return _given(body, model, data)
    if ref is not None:
        with naming("data set", "dataset"):
            dataset = backend.storage.get_dataset(ref)
        if job is None or _options(job).dataset is None or _options(job).dataset["id"] != dataset.id:
            return _whole(backend, body, model, dataset, job)
    if job is None:
        raise invalid("data", "is required, or a dataset: these weights come from no training that is still here")
    return _of_job(backend, body, model, job)


def _given(body: Mapping[str, Any], model: Model, data: Any) -> EvaluatedRows:
    if body.get("rows") is not None:
        raise invalid("rows", "must be left out with data: it names rows of a training")
    with invalid_fields("data"):
        return EvaluatedRows(model.signature.read_labelled(data), EvaluatedOn(GIVEN))


def _whole(backend: Backend, body: Mapping[str, Any], model: Model, dataset: Dataset, job: Job | None) -> EvaluatedRows:
    if body.get("rows") not in (None, ALL):
        raise invalid("rows", f"must be all or left out: these weights were not trained on {dataset.name}")
    with invalid_fields("dataset"):
        encoder = model.signature.encoder(None if job is None else _options(job).columns)
        raise_issues(encoder.profile_issues(ColumnProfiles(dataset), training=False))
        frame = read_columns(backend, dataset, (*encoder.inputs, *encoder.targets))
        raise_issues(encoder.unknown_issues(frame))
        return EvaluatedRows(encoder.labelled(frame), EvaluatedOn(ALL, dataset=dataset.name))


def _of_job(backend: Backend, body: Mapping[str, Any], model: Model, job: Job) -> EvaluatedRows:
    try:
        source = source_of(backend, job, model.record, model.snapshot.preprocessing)
        drawn = _are_drawn(model, job)
        word, parts = _wanted(body.get("rows"), source.counts, drawn=drawn, in_table=isinstance(source, TableRows))
        table = source.labelled(parts)
    except NotFound as error:
        raise Conflict(f"The rows of this training are gone, with their data set. {error.message}") from error
    except DataError as error:
        raise Conflict(f"The rows of this training do not fit these weights: {error}.") from error
    warnings = [SEEN] if TRAINING in parts else []
    if model.snapshot.job_id != job.id:
        warnings.append(OTHERS)
    members = None
    if drawn and word == VALIDATION:
        turns = model.network.turns
        members = [index for index, turn in enumerate(turns) if turn == 0]
        warnings.append(HELD_OUT_BY.format(count=len(members), all=len(turns)))
    dataset = (_options(job).dataset or {}).get("name")
    return EvaluatedRows(table, EvaluatedOn(word, job, dataset, source.counts, warnings), members)


def _are_drawn(model: Model, job: Job) -> bool:
    return are_drawn(model.network, division_of(_options(job)))


def _wanted(word: str | None, counts: Mapping[str, int], *, drawn: bool, in_table: bool) -> tuple[str, Sequence[str]]:
    """By default the test rows, which no training sees; without them the validation rows. Those that each member of an
    ensemble has drawn for itself are training rows of the others, and of a table those of the first ones are known."""
    if drawn and not in_table and (word == VALIDATION or word is None and TEST not in counts):
        raise invalid("rows", OF_MEMBERS)
    if drawn and word == TRAINING:
        return word, [part for part in (TRAINING, VALIDATION) if part in counts]
    if word is None:
        word = next((part for part in (TEST, VALIDATION) if part in counts), None)
        if word is None:
            raise invalid("rows", UNDIVIDED)
    if word == ALL:
        return word, [part for part in PARTS if part in counts]
    if word not in counts:
        held = ", ".join(counts)
        raise invalid("rows", f"must be all or one of the parts that this training has ({held}), got {word}")
    return word, [word]


def _options(job: Job) -> JobOptions:
    return JobOptions.from_json(job.options)
