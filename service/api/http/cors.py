"""Cross-Origin Resource Sharing: pages of the configured origins may call the API, with a key but without a cookie."""

from __future__ import annotations

from flask import Response

from service.access.proxies import Headers

METHODS = "GET, HEAD, POST, PUT, PATCH, DELETE"
REQUEST_HEADERS = (
    "Accept, Authorization, Content-Digest, Content-Type, Idempotency-Key, If-Match, Last-Event-ID, Prefer, X-API-Key"
)
#: Headers of an answer that a page of another origin may read.
EXPOSED = (
    "Content-Disposition, Idempotency-Replayed, Ignored-Fields, Location, Preference-Applied, Retry-After, "
    "X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset"
)
#: How long a browser remembers the answer to a preflight.
MAX_AGE_SECONDS = 600


def is_preflight(method: str, headers: Headers) -> bool:
    """A browser asks, before the request itself, whether it may send it."""
    return method == "OPTIONS" and headers.get("access-control-request-method") is not None


def preflight() -> Response:
    answer = Response(status=204)
    answer.headers["Access-Control-Allow-Methods"] = METHODS
    answer.headers["Access-Control-Allow-Headers"] = REQUEST_HEADERS
    answer.headers["Access-Control-Max-Age"] = str(MAX_AGE_SECONDS)
    return answer


def headers(origin: str) -> list[tuple[str, str]]:
    """What every answer to a page of an allowed origin carries."""
    return [
        ("Access-Control-Allow-Origin", origin),
        ("Access-Control-Expose-Headers", EXPOSED),
        ("Vary", "Origin"),
    ]
