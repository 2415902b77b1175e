"""Request bodies, whole or not at all."""

from __future__ import annotations

from flask import request
from werkzeug.exceptions import RequestEntityTooLarge


def read_body() -> bytes:
    """The request's whole body; raises RequestEntityTooLarge when it has more bytes than are allowed."""
    body = request.get_data(cache=True)
    limit = request.max_content_length
    # A body sent in chunks, Werkzeug cuts at the limit without a word.
    if request.content_length is None and limit is not None and len(body) >= limit:
        raise RequestEntityTooLarge
    return body
