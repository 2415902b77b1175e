"""The model that a training ended with, as the files that MLflow loads."""

from __future__ import annotations

from collections.abc import Mapping

from service.domain.jobs import Job
from service.domain.paging import Page
from service.errors import NotFound
from service.operations.backend import Backend
from service.operations.models.models import load_model
from service.operations.networks.exports import mlflow_files_of

#: Snapshots of a job that are looked at, newest first: what it ended with is among the first.
RECENT = 20


def model_files(backend: Backend, job: Job) -> Mapping[str, bytes]:
    """Raises NotFound where its weights are not kept, NotInstalled and Invalid where there is no such form of them."""
    recent = backend.storage.list_snapshots(job.network_id, Page(limit=RECENT), job_id=job.id)
    for kind in ("last", "best"):
        for snapshot in recent:
            if snapshot.kind == kind:
                return mlflow_files_of(load_model(backend, job.network_id, snapshot.id))
    raise NotFound("The weights that the training ended with are not kept.")
