"""Every blueprint of the service, in the order the documentation shows them."""

from __future__ import annotations

from service.api import (
    datasets,
    docs,
    evaluate,
    events,
    explain,
    health,
    history,
    job_rows,
    jobs,
    networks,
    predict,
    problems,
    proposal,
    snapshots,
    train,
    weights,
)

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
