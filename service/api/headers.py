"""Headers every answer carries."""

from __future__ import annotations

from flask import Flask, Response

STANDARD = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'self'",
    "Cache-Control": "no-store",
}


def add_headers(response: Response) -> Response:
    """Add the standard headers, where a view has not set its own."""
    headers = response.headers
    for name, value in STANDARD.items():
        if name not in headers:
            headers[name] = value
    return response


def install(app: Flask) -> None:
    app.after_request(add_headers)
