"""The data set that a cross-validation writes, if it is asked for its predictions."""

from __future__ import annotations

from typing import TypedDict

from service.data.signatures.signature import Signature
from service.data.tables.limits import MAX_COLUMNS
from service.domain.datasets import NewDataset
from service.domain.ids import new_id
from service.domain.networks import Network
from service.domain.versions import Creator
from service.jobs.folds import FOLDS, Folds
from service.jobs.options import JobOptions
from service.jobs.out_of_fold import out_of_fold_columns
from service.operations.validation import invalid
from service.schema.types import Body

PREDICTIONS = "predictions"


class Output(TypedDict, total=False):
    output: NewDataset
    output_name: str


def check_predictions(folds: Folds | None, body: Body, signature: Signature) -> None:
    """Raises Invalid."""
    if folds is None or not folds.predictions:
        return
    if body.get("dataset") is None:
        raise invalid((FOLDS, PREDICTIONS), "needs a dataset, whose rows it counts")
    if (count := len(out_of_fold_columns(signature))) > MAX_COLUMNS:
        words = f"would write {count:,} columns, and a data set has at most {MAX_COLUMNS:,}"
        raise invalid((FOLDS, PREDICTIONS), words)


def output_of(
    job_id: str, record: Network, signature: Signature | None, options: JobOptions, creator: Creator
) -> Output:
    """What a new job has of it, without a signature nothing. Its rows are known when it is published."""
    if signature is None:
        return {}
    columns = [{"name": name, "type": kind} for name, kind in out_of_fold_columns(signature).items()]
    made = NewDataset(
        id=new_id("ds"),
        sha256="",
        filename=None,
        format="parquet",
        options={},
        size_bytes=0,
        rows=0,
        columns=columns,
        preview=[],
        warnings=[],
        created_by=creator.created_by,
        created_by_key=creator.created_by_key,
        origin={"job": job_id, "network": record.id, "dataset": options.dataset["id"]},
    )
    return {"output": made, "output_name": f"{record.name[:80]}-folds-{job_id[-6:]}"}
