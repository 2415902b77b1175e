"""Every blueprint of the service, and the topics of the documentation."""

from __future__ import annotations

from service.api import docs, health
from service.api.access import audit, keys, session
from service.api.datasets import datasets, proposal, reread, rows
from service.api.history import history
from service.api.http import problems
from service.api.jobs import events, frames, job_rows, jobs, predictions, restart, train
from service.api.mcp import mcp
from service.api.monitoring import answers, drift, feedback, monitoring
from service.api.networks import calibration, explain, export, imports, networks, snapshots, weights
from service.api.predict import evaluate, predict
from service.api.schedules import schedules
from service.api.v1 import models as v1_models
from service.api.v2 import models as v2_models
from service.api.v2 import repository as v2_repository
from service.api.v2 import server as v2_server
from service.api.versions import aliases, diff, models, versions

#: Topic to its description, in the order the documentation shows them.
TAGS = {
    "datasets": "Tables to train on and tables of predictions: upload, profile, read, and a proposed network for each.",
    "networks": "Neural networks: their layers, names, descriptions and tags.",
    "jobs": "Jobs that train or predict: submit, now or at set times, follow, pause, resume and cancel.",
    "events": "What happens to jobs and networks, as a list or as a live stream.",
    "history": "Loss and metrics of every epoch of every job.",
    "inference": "Predict, evaluate, and see one training step in full.",
    "monitoring": "Answers that a network keeps, what became of them, and how good they were.",
    "snapshots": "Saved weights of a network: list, name, export and import.",
    "versions": "Published weights, the aliases that point at them, and what a network answers from.",
    "models": "Names of services, whose aliases point at versions of any network.",
    "keys": "API keys, sessions and the audit: who may call, what they may do, and what they did.",
    "health": "Liveness and readiness.",
}
#: Documented in OpenAPI.
DOCUMENTED = (
    datasets.blp,
    rows.blp,
    reread.blp,
    networks.blp,
    imports.blp,
    proposal.blp,
    train.blp,
    schedules.blp,
    jobs.blp,
    restart.blp,
    job_rows.blp,
    events.blp,
    frames.blp,
    history.blp,
    predict.blp,
    predictions.blp,
    evaluate.blp,
    answers.blp,
    feedback.blp,
    monitoring.blp,
    drift.blp,
    calibration.blp,
    explain.blp,
    snapshots.blp,
    weights.blp,
    export.blp,
    versions.blp,
    aliases.blp,
    diff.blp,
    models.blp,
    keys.blp,
    session.blp,
    audit.blp,
    health.blp,
)
#: Pages and files, and protocols that have documents of their own.
PAGES = (docs.blp, problems.blp, mcp.blp, v2_server.blp, v2_models.blp, v2_repository.blp, v1_models.blp)
