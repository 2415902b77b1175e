"""Everything that goes wrong: one table from error to status, one record, one page per type.

`service.api.http.dialects` writes the record, as RFC 9457 problem+json where a path has no other dialect.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import replace
from html import escape
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from flask import Blueprint, Flask, Response, abort, has_request_context, request
from marshmallow import Schema, fields
from werkzeug.exceptions import HTTPException, NotFound, RequestEntityTooLarge

from service import errors
from service.api.http.access_log import request_id, traceparent
from service.api.http.context import HIDDEN
from service.api.http.dialects import Problem, problem_body, written
from service.domain.traces import trace_id
from service.schema.rules import MAX_ISSUES, hints_left

logger = logging.getLogger(__name__)

RETRY_SECONDS = 5
#: How many errors one answer lists; it counts the rest.
MAX_ERRORS = 20

STATUS: dict[type[errors.FeedforwardError], int] = {
    errors.Invalid: 422,
    errors.NotFound: 404,
    errors.Conflict: 409,
    errors.AlreadyExists: 409,
    errors.PreconditionFailed: 412,
    errors.LeaseLost: 409,
    errors.KeyReused: 422,
    errors.TooManyJobs: 429,
    errors.TooManyRequests: 429,
    errors.TooManyStreams: 503,
    errors.TooManyUploads: 503,
    errors.BodyTooSlow: 408,
    errors.BodyTooLarge: 413,
    errors.BodyIncomplete: 400,
    errors.TooManyBodies: 503,
    errors.TooManyLongAnswers: 503,
    errors.Stopping: 503,
    errors.NotInstalled: 501,
    errors.Unauthenticated: 401,
    errors.Forbidden: 403,
    errors.Misdirected: 421,
    errors.CrossSite: 403,
    errors.QuotaExceeded: 507,
    errors.StorageUnavailable: 503,
    errors.Damaged: 500,
    errors.StorageError: 500,
}


class InvalidQuery(errors.Invalid):
    """Your request is not valid. Look at the query arguments listed under errors."""


class IssueSchema(Schema):
    detail = fields.String(required=True)
    pointer = fields.String(metadata={"description": "JSON pointer to the field in the body: `#/layers/1/units`."})
    parameter = fields.String(metadata={"description": "Or the name of the query argument."})


class ProblemSchema(Schema):
    """Documents what `problem_body` returns."""

    type = fields.String(required=True, metadata={"format": "uri-reference"})
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    detail = fields.String(required=True)
    errors = fields.List(fields.Nested(IssueSchema), metadata={"description": f"The first {MAX_ERRORS} errors."})
    more_errors = fields.Integer(metadata={"description": "Number of further errors, if any."})


def from_error(error: errors.FeedforwardError) -> Response:
    """Answer one of our own errors, raised for the current request."""
    return written(described(error), request.path)


def described(error: errors.FeedforwardError) -> Problem:
    """What to answer. What went wrong inside (500) is logged, and shown only where that helps."""
    kind = next(known for known in type(error).__mro__ if known in STATUS)
    status = STATUS[kind]
    if (hidden := _hidden(error)) is not None and has_request_context():
        request.environ[HIDDEN] = hidden.path
    title, _, advice = (kind.__doc__ or "").strip().partition(". ")
    if status == 500:
        ids = {}
        if has_request_context():
            ids = {"request_id": request_id(request.environ), "trace_id": trace_id(traceparent(request.environ))}
        logger.error("Request %s failed.", ids.get("request_id", ""), exc_info=error, extra=ids)
    return Problem(
        code=kind.code,
        title=f"{title}.",
        status=status,
        detail=_detail(error, advice or title) if status != 500 or kind is errors.Damaged else advice or title,
        issues=[_issue(error, field) for field in error.fields[:MAX_ERRORS]],
        more=max(len(error.fields) - MAX_ERRORS, 0),
        headers=_headers(error, status),
    )


def _hidden(error: BaseException | None) -> errors.Hidden | None:
    """What lies behind a 404, where that is something that the caller may not know of."""
    while isinstance(error, errors.NotFound) and not isinstance(error, errors.Hidden):
        error = error.__cause__
    return error if isinstance(error, errors.Hidden) else None


def from_http(error: HTTPException) -> Response:
    """Answer an error of HTTP itself, with its headers (`Allow` of a 405 among them)."""
    if error.response is not None:
        return error.response  # type: ignore[return-value]  # our views abort with our own Response class at most
    headers = [(name, value) for name, value in error.get_headers() if name.lower() != "content-type"]
    if isinstance(error, NotFound):
        nothing = errors.NotFound(f"There is nothing at {request.path}. GET /docs shows what there is.")
        return written(replace(described(nothing), is_route=False), request.path)
    detail = error.description or error.name
    if isinstance(error, RequestEntityTooLarge):
        detail = f"A body may have at most {request.max_content_length:,} bytes."
    answer = Problem(
        code=code_of(error.name), title=f"{error.name}.", status=error.code or 500, detail=detail, headers=headers
    )
    return written(answer, request.path)


def code_of(phrase: str) -> str:
    return "".join(letter if letter.isalnum() else "_" for letter in phrase.lower())


def pointer(path: Iterable[str | int]) -> str:
    """A JSON pointer as a URI fragment (RFC 6901, section 6): ``#/layers/1/units``."""
    steps = (str(step).replace("~", "~0").replace("/", "~1") for step in path)
    return "#" + "".join(f"/{quote(step, safe='~!$&()*+,;=:@')}" for step in steps)


def _detail(error: errors.FeedforwardError, advice: str) -> str:
    if error.message != (type(error).__doc__ or "").strip() or not error.fields:
        return error.message
    if len(error.fields) > 1:
        return f"{_count(len(error.fields))} things are wrong. {advice}"
    field = error.fields[0]
    said = field.message.rstrip(".")
    return f"{'.'.join(map(str, field.path))}: {said}." if field.path else f"The body {said}."


def _count(issues: int) -> str:
    """Lists are not read further than this."""
    return f"At least {MAX_ISSUES:,}" if issues >= MAX_ISSUES else f"{issues:,}"


def _issue(error: errors.FeedforwardError, field: errors.FieldError) -> dict[str, str]:
    in_query = isinstance(error, InvalidQuery) or request.method in ("GET", "HEAD", "DELETE")
    if in_query:
        return {"parameter": str(field.path[0]) if field.path else "", "detail": field.message}
    return {"pointer": pointer(field.path), "detail": field.message}


def _headers(error: errors.FeedforwardError, status: int) -> list[tuple[str, str]]:
    if status == 401:
        return [("WWW-Authenticate", 'Bearer realm="feedforward"')]
    if status not in (429, 503):
        return []
    retry = ("Retry-After", str(getattr(error, "retry_after_seconds", RETRY_SECONDS)))
    limited = rate_headers(error.limit, 0, error.resets_at) if isinstance(error, errors.TooManyRequests) else []
    return [retry, *limited]


def rate_headers(limit: int, remaining: int, resets_at: int) -> list[tuple[str, str]]:
    """How much of a limit is left, and when all of it is there again (seconds since 1970)."""
    return [
        ("X-RateLimit-Limit", str(limit)),
        ("X-RateLimit-Remaining", str(remaining)),
        ("X-RateLimit-Reset", str(resets_at)),
    ]


def limit_hints(app: Flask) -> None:
    """Let one answer have one "did you mean", after at most as many searches as it lists errors."""
    app.before_request(lambda: _set_hints(MAX_ERRORS))
    app.teardown_request(lambda _: _set_hints(None))


def _set_hints(left: int | None) -> None:
    hints_left.set(left)


def example_of(name: str) -> dict[str, Any]:
    """A problem as a response of the document shows it, by the name of its status; any other one is a 500."""
    status = HTTPStatus[name] if name in HTTPStatus.__members__ else HTTPStatus.INTERNAL_SERVER_ERROR
    ours = next((kind for kind, own in STATUS.items() if own == status), None)
    if ours is None:
        return problem_body(
            Problem(code=code_of(status.phrase), title=f"{status.phrase}.", status=status, detail=status.description)
        )
    title, _, advice = (ours.__doc__ or "").strip().partition(". ")
    body = problem_body(Problem(code=ours.code, title=f"{title}.", status=status, detail=advice or f"{title}."))
    if ours is errors.Invalid:
        body["errors"] = [{"pointer": "#/layers/0/units", "detail": "must be at least 1, got 0"}]
    return body


# -- the pages the types lead to ---------------------------------------------------------------------------------

blp = Blueprint("problems", __name__)

_PAGE = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>{title}</title>
<h1>{title}</h1>
<p>{text}</p>
<p>HTTP status {status}. The answer's <code>detail</code> says more, and <code>errors</code> names each bad field.</p>
<p><a href="/docs">All of the API</a></p>
</html>
"""


@blp.get("/problems/<code>")
def show_problem(code: str) -> Response:
    """What a problem type means."""
    known = explained()
    if code not in known:
        abort(404)
    status, text = known[code]
    page = _PAGE.format(title=escape(code.replace("_", " ").capitalize()), text=escape(text), status=status)
    return Response(page, mimetype="text/html")


def explained() -> dict[str, tuple[int, str]]:
    """Code to status and meaning, of every problem this service can answer with."""
    http = {code_of(status.phrase): (status.value, status.description) for status in HTTPStatus if status >= 400}
    ours = {kind.code: (status, (kind.__doc__ or "").strip()) for kind, status in STATUS.items()}
    return {**{code: (status, text or code) for code, (status, text) in http.items()}, **ours}
