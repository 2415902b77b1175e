"""Every blueprint of the service, in the order the documentation shows them."""

from __future__ import annotations

from service.api import docs, home, problems

#: Documented in OpenAPI.
DOCUMENTED: tuple[object, ...] = ()
#: Pages and files.
PAGES = (home.blp, docs.blp, problems.blp)
