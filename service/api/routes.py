"""Every blueprint of the service, in the order the documentation shows them."""

from __future__ import annotations

from service.api import docs, events, health, history, home, jobs, networks, problems, snapshots, train, weights

#: Documented in OpenAPI.
DOCUMENTED = (networks.blp, train.blp, jobs.blp, events.blp, history.blp, snapshots.blp, weights.blp, health.blp)
#: Pages and files.
PAGES = (home.blp, docs.blp, problems.blp)
