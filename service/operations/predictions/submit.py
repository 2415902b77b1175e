"""Submit a prediction of all rows of a data set: everything is checked before anything is written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any

from service.data.frame import Kind
from service.data.number_columns import MAX_NAME
from service.data.profiles.column_profiles import ColumnProfiles
from service.data.signatures.scores import score_columns
from service.data.signatures.signature import Signature
from service.data.tables.limits import MAX_COLUMNS
from service.data.thresholds import Threshold
from service.domain.callbacks import NewCallback
from service.domain.datasets import Dataset, NewDataset
from service.domain.ids import new_id
from service.domain.job_kind import JobKind
from service.domain.jobs import NewJob
from service.domain.networks import Network
from service.domain.snapshots import Snapshot
from service.domain.status import Origin
from service.domain.types import Json
from service.domain.versions import LIVE
from service.errors import Forbidden, Invalid
from service.jobs.prediction_options import PredictionOptions
from service.operations import names
from service.operations.backend import Backend
from service.operations.jobs.jobs import Progress
from service.operations.jobs.queueing import enqueue
from service.operations.models.models import compiled, record_signature
from service.operations.predictions.reading import Place, ReadRows, read_as_trained
from service.operations.request_reader import RequestReader
from service.operations.training.callbacks import read_callback
from service.operations.training.dataset_source import find_dataset, named
from service.operations.training.submit import MAX_SECONDS, find_network
from service.operations.validation import naming
from service.schema.rules import Flag, Items, Text, unknown
from service.schema.types import Body
from service.schema.validation import DataError, ValidationIssue

#: What a job calls the data set that it reads.
ROLE = "prediction"
#: Columns with these roles say which row is which.
KEYS = ("id", "index")

#: A job belongs to a network, and is seen by every key that sees that.
HIDDEN_NETWORK = (
    "Your key may ask this model, but not see the network that it answers from now, to which the job would belong. Ask "
    "for a key that may, or send the rows to POST /predict."
)

_NAMES = Items(Text(MAX_NAME))


@dataclass(frozen=True)
class Plan:
    columns: tuple[str, ...]
    inputs: tuple[str, ...] | None
    scores: Mapping[str, Kind]  #: columns of predictions, with their kinds
    probabilities: bool
    max_seconds: float | None
    callback: NewCallback | None
    ignored: Sequence[str]  #: columns of the data set that the network does not take


def submit_prediction(
    backend: Backend, body: Body, *, traceparent: str | None = None, place: Place = nullcontext
) -> Progress:
    """Queue a job; `place` is held while a file is read again.

    Raises Invalid, NotFound, AlreadyExists, TooManyJobs, QuotaExceeded, and Conflict when the network is being deleted.
    """
    ref = body.get("snapshot") or LIVE
    record, snapshot, model = _asked(backend, body, ref)
    found = read_as_trained(backend, record, find_dataset(backend, body["dataset"], "dataset"), place)
    plan = read_plan(backend, body, record_signature(record, compiled(backend, record)), found.dataset)
    wanted = _new_job(backend, record, snapshot, ref, model, found, plan, body.get("name"), traceparent)
    return enqueue(backend, wanted)


def _asked(backend: Backend, body: Body, ref: str) -> tuple[Network, Snapshot, str | None]:
    """The weights of a request that names a `network` or a `model`, as they are now, and the name of that model."""
    if body.get("model") is None:
        record = find_network(backend, body["network"])
        with naming("snapshot", "snapshot"):
            return record, backend.storage.find_snapshot(record.id, ref), None
    with naming("model", "model"):
        backend.storage.get_model(body["model"])
    with naming("snapshot", "snapshot"):
        found = backend.storage.choose_for_model(body["model"], ref)
    if not backend.caller.sees(found.network.name):
        raise Forbidden(HIDDEN_NETWORK)
    return find_network(backend, found.network.id), found.choice.snapshot, found.model.name


def read_plan(backend: Backend, body: Body, signature: Signature, dataset: Dataset) -> Plan:
    """Raises Invalid with everything that is wrong."""
    parts, profiles = RequestReader(), ColumnProfiles(dataset)
    inputs = parts.read_field(body, "inputs", lambda value: _read_inputs(value, signature, profiles))
    reader = signature if inputs is None else signature.with_inputs(inputs)
    ignored: Sequence[str] | None = None
    if inputs is not None or body.get("inputs") is None:
        ignored = parts.read(("dataset",), lambda: _check(reader, profiles))
    probabilities = parts.read_field(body, "probabilities", Flag().read)
    probabilities = True if probabilities is None else probabilities
    scores = score_columns(signature, probabilities=probabilities)
    columns = parts.read_field(body, "columns", lambda value: _read_columns(value, profiles, scores))
    max_seconds = parts.read_field(body, "max_seconds", MAX_SECONDS.read)
    callback = parts.read((), lambda: read_callback(body, backend.limits))
    if body.get("name") is not None:
        parts.read((), lambda: _check_name(body["name"]))
    parts.finish()
    if columns is None:
        columns = tuple(name for name in _keys(dataset) if name not in scores and name not in reader.columns)
    _check_width(len(columns) + len(scores))
    return Plan(columns, inputs, scores, probabilities, max_seconds, callback, ignored or ())


def _read_inputs(value: Any, signature: Signature, profiles: ColumnProfiles) -> tuple[str, ...]:
    given: tuple[str, ...] = _NAMES.read(value)
    _raise_unknown(given, profiles)
    signature.with_inputs(given)
    return given


def _check(signature: Signature, profiles: ColumnProfiles) -> Sequence[str]:
    """The columns that are ignored. Raises DataError where the network cannot read the rows of the data set."""
    ignored = signature.ignored(list(profiles))
    if issues := list(signature.input_issues(profiles)):
        raise DataError(issues)
    return list(ignored)


def _read_columns(value: Any, profiles: ColumnProfiles, scores: Mapping[str, Kind]) -> tuple[str, ...]:
    given: tuple[str, ...] = _NAMES.read(value)
    _raise_unknown(given, profiles)
    issues = [
        ValidationIssue((place,), "must be named once" if name in given[:place] else f'"{name}" is what is predicted')
        for place, name in enumerate(given)
        if name in given[:place] or name in scores
    ]
    if issues:
        raise DataError(issues)
    return given


def _raise_unknown(given: Sequence[str], profiles: ColumnProfiles) -> None:
    kind = f"column of {profiles.dataset}"
    issues = [
        ValidationIssue((place,), unknown(name, profiles, kind))
        for place, name in enumerate(given)
        if name not in profiles
    ]
    if issues:
        raise DataError(issues)


def _check_name(name: Any) -> None:
    if issues := list(names.name_issues(name if isinstance(name, str) else "")):
        raise Invalid(fields=issues)


def _check_width(columns: int) -> None:
    if columns > MAX_COLUMNS:
        words = f"{columns:,} columns would be written, and a data set has at most {MAX_COLUMNS:,}"
        raise Invalid(f"{words}. Send probabilities: false, or carry over fewer columns.")


def _keys(dataset: Dataset) -> list[str]:
    return [column["name"] for column in dataset.columns if (column.get("role") or {}).get("code") in KEYS]


def _new_job(
    backend: Backend,
    record: Network,
    snapshot: Snapshot,
    ref: str,
    model: str | None,
    found: ReadRows,
    plan: Plan,
    name: str | None,
    traceparent: str | None,
) -> NewJob:
    job_id, output_id, dataset = new_id("job"), new_id("ds"), found.dataset
    name = name or f"{dataset.name[:80]}-predicted-{job_id[-6:]}"
    options = PredictionOptions(
        model=model,
        snapshot=ref,
        start_snapshot=snapshot.id,
        dataset=named(dataset),
        read_again=found.assumed,
        output={"id": output_id, "name": name},
        columns=plan.columns,
        inputs=plan.inputs,
        probabilities=plan.probabilities,
        temperature=snapshot.temperature,
        threshold=None if snapshot.threshold is None else Threshold.from_json(snapshot.threshold),
    )
    origin = {
        "job": job_id,
        "model": model,
        "network": record.id,
        "snapshot": snapshot.id,
        "version": snapshot.version,
        "dataset": dataset.id,
        "read_again": found.assumed,
    }
    caller = backend.caller
    return NewJob(
        id=job_id,
        network_id=record.id,
        options=options.to_json(),
        epochs=0,
        rows=dataset.rows,
        data=b"",
        datasets={ROLE: dataset.id},
        max_seconds=plan.max_seconds,
        callback=plan.callback,
        traceparent=traceparent,
        created_by=caller.label,
        created_by_key=caller.key_id,
        kind=JobKind.PREDICTION,
        origin=Origin.PREDICTION,
        output=_output(output_id, dataset, plan, origin, caller.label, caller.key_id),
        output_name=name,
    )


def _output(
    output_id: str, dataset: Dataset, plan: Plan, origin: Json, created_by: str | None, key: str | None
) -> NewDataset:
    """The data set that is written, without its rows; the digest and the size of its file are known in the end."""
    known = {column["name"]: column for column in dataset.columns}
    kept = [{part: value for part, value in known[name].items() if part != "profile"} for name in plan.columns]
    scored = [{"name": name, "type": kind} for name, kind in plan.scores.items()]
    return NewDataset(
        id=output_id,
        sha256="",
        filename=None,
        format="parquet",
        options={},
        size_bytes=0,
        rows=dataset.rows,
        columns=[*kept, *scored],
        preview=[],
        warnings=[],
        created_by=created_by,
        created_by_key=key,
        origin={**origin, "ignored": list(plan.ignored)},
    )
