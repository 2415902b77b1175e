"""Pages of MLflow's REST API."""

from __future__ import annotations

from typing import Any

from flask import Response

from service.api.http.json_provider import json_response


def page(name: str, items: list[dict[str, Any]], following: str | None) -> Response:
    """Items under a name, and the token of the page that follows, if one does."""
    return json_response({name: items, **({"next_page_token": following} if following else {})})
