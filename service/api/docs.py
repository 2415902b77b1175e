"""`/openapi.json`, and `/docs`: Swagger UI from the installed package, with no external requests."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import flask_swagger_ui
from flask import Blueprint, Response, current_app, request, send_from_directory

from service.api.access.gate import gate
from service.api.document.finish import finished
from service.api.http.json_provider import encode
from service.api.http.smorest import Api

DIST = Path(flask_swagger_ui.__file__).parent / "dist"
#: Swagger UI sets styles on its elements and draws its icons from data URIs; scripts come from here alone.
POLICY = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:"

#: Its links are relative, so that it works under every base path.
PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Feedforward: the API</title>
<link rel="stylesheet" href="docs/swagger-ui.css">
<link rel="icon" href="docs/favicon-32x32.png">
</head>
<body>
<div id="swagger-ui"></div>
<script src="docs/swagger-ui-bundle.js"></script>
<script src="docs/start.js"></script>
</body>
</html>
"""
START = """SwaggerUIBundle({
  url: "openapi.json",
  dom_id: "#swagger-ui",
  deepLinking: true,
  docExpansion: "list",
  defaultModelsExpandDepth: 0,
  validatorUrl: null,
});
"""

blp = Blueprint("docs", __name__)

#: Where the document is kept, once it was asked for.
KEY = "feedforward.openapi"


def cached(response: Response) -> Response:
    """An answer that a client may keep if it asks each time whether it is still the same; then 304."""
    response.headers["Cache-Control"] = "no-cache"
    response.add_etag()
    return response.make_conditional(request)  # type: ignore[return-value]  # it returns the response itself


@blp.get("/openapi.json")
def openapi() -> Response:
    """The OpenAPI 3.1 document."""
    if KEY not in current_app.extensions:
        current_app.extensions[KEY] = encode(document())
    return cached(Response(current_app.extensions[KEY], mimetype="application/json"))


def api() -> Api:
    """Of the current application."""
    found: Api = current_app.extensions["flask-smorest"]["apis"][""]["ext_obj"]
    return found


def document() -> dict[str, Any]:
    """The same, of the current application."""
    return finished({**api().document(), "servers": [{"url": gate().site.base_path or "/"}]})


@blp.get("/docs")
def page() -> Response:
    """The OpenAPI document as a page."""
    return cached(Response(PAGE, mimetype="text/html", headers={"Content-Security-Policy": POLICY}))


@blp.get("/docs/start.js")
def start() -> Response:
    return cached(Response(START, mimetype="text/javascript"))


@blp.get("/docs/<path:name>")
def asset(name: str) -> Response:
    return send_from_directory(DIST, name, max_age=3600)
