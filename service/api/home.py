"""`/`: what this is, and where to go."""

from __future__ import annotations

from flask import Blueprint, Response

PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Feedforward</title>
</head>
<body>
<h1>Feedforward</h1>
<p>Train and serve neural networks from any language over plain HTTP.</p>
<ul>
<li><a href="/docs">The API</a>, to read and to try (<a href="/openapi.json">as OpenAPI 3.1</a>)</li>
<li><a href="/networks">The networks</a></li>
<li><a href="/jobs">The jobs</a></li>
<li><a href="/readyz">Is everything ready?</a></li>
</ul>
</body>
</html>
"""

blp = Blueprint("home", __name__)


@blp.get("/")
def home() -> Response:
    """What this is."""
    return Response(PAGE, mimetype="text/html")
