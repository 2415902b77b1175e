"""Every blueprint of the service, in the order the documentation shows them."""

from __future__ import annotations

from service.api import docs, health, home, networks, problems, snapshots, weights

#: Documented in OpenAPI.
DOCUMENTED = (networks.blp, snapshots.blp, weights.blp, health.blp)
#: Pages and files.
PAGES = (home.blp, docs.blp, problems.blp)
