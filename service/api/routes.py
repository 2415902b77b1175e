"""Every blueprint of the service, and the topics of the documentation."""

from __future__ import annotations

from service.api import docs, health
from service.api.access import audit, keys, session
from service.api.datasets import datasets, proposal, reread, rows
from service.api.history import history
from service.api.http import problems
from service.api.jobs import events, frames, job_list, job_rows, jobs, predictions, restart, train
from service.api.mcp import mcp
from service.api.mlflow import experiments as mlflow_experiments
from service.api.mlflow import runs as mlflow_runs
from service.api.monitoring import answers, drift, feedback, monitoring
from service.api.networks import calibration, explain, export, imports, networks, snapshots, weights
from service.api.predict import evaluate, predict
from service.api.schedules import schedules
from service.api.searches import searches
from service.api.v1 import models as v1_models
from service.api.v2 import models as v2_models
from service.api.v2 import repository as v2_repository
from service.api.v2 import server as v2_server
from service.api.versions import aliases, diff, models, versions

#: Topic to its description, in the order the documentation shows them.
TAGS = {
    "datasets": "Tables to train on and tables of predictions: upload, profile, read, and a proposed network for each.",
    "networks": "Neural networks: their layers, names, descriptions and tags.",
    "training": "Train a network on a data set or on rows of the request, or start a training again.",
    "jobs": "Jobs that train or predict: find, follow, pause, resume, cancel and delete them.",
    "schedules": "Trainings at set times, on the newest revision of a data set.",
    "searches": "Search for the best network and training: each trial is a job.",
    "events": "What happens to jobs and networks, as a list or as a live stream.",
    "history": "Loss and metrics of every epoch of every job.",
    "prediction": "Predict a row, many rows, or all rows of a data set.",
    "evaluation": "How good a network is on held-out or given rows, and how far its probabilities can be believed.",
    "explanation": "One training step in full: every number of the forward and the backward pass.",
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
    searches.blp,
    job_list.blp,
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
PAGES = (
    docs.blp,
    problems.blp,
    mcp.blp,
    v2_server.blp,
    v2_models.blp,
    v2_repository.blp,
    v1_models.blp,
    mlflow_experiments.blp,
    mlflow_runs.blp,
)
