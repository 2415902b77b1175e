"""Every blueprint of the service, in the order the documentation shows them."""

from __future__ import annotations

from service.api import docs, health
from service.api.datasets import datasets, proposal
from service.api.history import history
from service.api.http import problems
from service.api.jobs import events, job_rows, jobs, train
from service.api.networks import explain, networks, snapshots, weights
from service.api.predict import evaluate, predict

#: Documented in OpenAPI.
DOCUMENTED = (
    datasets.blp,
    networks.blp,
    proposal.blp,
    train.blp,
    jobs.blp,
    job_rows.blp,
    events.blp,
    history.blp,
    predict.blp,
    evaluate.blp,
    explain.blp,
    snapshots.blp,
    weights.blp,
    health.blp,
)
#: Pages and files.
PAGES = (docs.blp, problems.blp)
