"""Every blueprint of the service, in the order the documentation shows them."""

from __future__ import annotations

from service.api import (
    docs,
    evaluate,
    events,
    explain,
    health,
    history,
    home,
    jobs,
    networks,
    predict,
    problems,
    snapshots,
    train,
    weights,
)

#: Documented in OpenAPI.
DOCUMENTED = (
    networks.blp,
    train.blp,
    jobs.blp,
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
PAGES = (home.blp, docs.blp, problems.blp)
