"""How an error is written, by the path of the request: RFC 9457, or as clients of another protocol read it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Response

from service.api.http.json_provider import encode

CONTENT_TYPE = "application/problem+json"
#: Of the codes that JSON-RPC leaves to servers.
RPC_REJECTED = -32000


@dataclass(frozen=True, kw_only=True)
class Problem:
    """What went wrong, before it is written."""

    code: str
    title: str
    status: int
    detail: str
    issues: Sequence[Mapping[str, str]] = ()  #: `detail` with a `pointer` into the body or a `parameter` of the query
    more: int = 0  #: further issues that are not listed
    headers: Sequence[tuple[str, str]] = ()
    is_route: bool = True  #: whether there is something at the address at all


Dialect = Callable[[Problem], Response]


def problem_body(problem: Problem) -> dict[str, Any]:
    """RFC 9457."""
    body: dict[str, Any] = {
        "type": f"/problems/{problem.code}",
        "title": problem.title,
        "status": problem.status,
        "detail": problem.detail,
    }
    if problem.issues:
        body["errors"] = list(problem.issues)
    if problem.more:
        body["more_errors"] = problem.more
    return body


def problem_json(problem: Problem) -> Response:
    return Response(encode(problem_body(problem)), problem.status, problem.headers, content_type=CONTENT_TYPE)


def inference_error(problem: Problem) -> Response:
    """`{"error": text}`, as the Open Inference Protocol and KServe's V1 have it; what is not valid is a 400 there.

    kserve reads the text only if the media type is application/json and nothing else.
    """
    status = 400 if problem.status == 422 else problem.status
    return Response(encode({"error": _sentences(problem)}), status, problem.headers, content_type="application/json")


def rpc_error(problem: Problem) -> Response:
    """JSON-RPC 2.0, for a message that nobody has read; the problem is its data."""
    error = {"code": RPC_REJECTED, "message": problem.detail, "data": problem_body(problem)}
    body = encode({"jsonrpc": "2.0", "id": None, "error": error})
    return Response(body, problem.status, problem.headers, content_type="application/json")


#: MLflow's code for a status.
ERROR_CODES = {
    400: "BAD_REQUEST",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "RESOURCE_DOES_NOT_EXIST",
    405: "ENDPOINT_NOT_FOUND",
    408: "DEADLINE_EXCEEDED",
    409: "RESOURCE_CONFLICT",
    422: "INVALID_PARAMETER_VALUE",
    429: "REQUEST_LIMIT_EXCEEDED",
    501: "NOT_IMPLEMENTED",
    503: "TEMPORARILY_UNAVAILABLE",
}
READ_ONLY = "MLflow's API only reads here; docs/mlflow.md lists what it answers."


def tracking_error(problem: Problem) -> Response:
    """`{"error_code": …, "message": …}`, as MLflow has it; what is not valid is a 400 there."""
    code = ERROR_CODES.get(problem.status, "BAD_REQUEST" if problem.status < 500 else "INTERNAL_ERROR")
    text = _sentences(problem)
    if not problem.is_route:
        code, text = "ENDPOINT_NOT_FOUND", f"{text} {READ_ONLY}"
    status = 400 if problem.status == 422 else problem.status
    body = encode({"error_code": code, "message": text})
    return Response(body, status, problem.headers, content_type="application/json")


#: By how a path begins; any other path has problems.
DIALECTS: Mapping[str, Dialect] = {
    "/v1": inference_error,
    "/v2": inference_error,
    "/mcp": rpc_error,
    "/api/2.0/mlflow": tracking_error,
    "/api/3.0/mlflow": tracking_error,
}


def written(problem: Problem, path: str) -> Response:
    """A problem as the path's dialect writes it."""
    return dialect_of(path)(problem)


def dialect_of(path: str) -> Dialect:
    for prefix, dialect in DIALECTS.items():
        if path == prefix or path.startswith(f"{prefix}/"):
            return dialect
    return problem_json


def _sentences(problem: Problem) -> str:
    """The detail of one issue says all, that of more only how many there are."""
    if len(problem.issues) < 2:
        return problem.detail
    return " ".join(f"{_place(issue)}: {issue['detail']}." for issue in problem.issues)


def _place(issue: Mapping[str, str]) -> str:
    return issue.get("parameter") or issue["pointer"].removeprefix("#/").replace("/", ".") or "The body"
