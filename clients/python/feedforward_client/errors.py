"""What can go wrong, one exception per situation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


class FeedforwardError(Exception):
    """Any error of this package."""


class ConnectionFailed(FeedforwardError):
    """The service does not answer, after all retries."""


class JobFailed(FeedforwardError):
    """A job that was waited for has failed or was cancelled; `job` is its last state."""

    def __init__(self, job: Mapping[str, Any]) -> None:
        error = job["error"] or {}
        reason = f" ({error['code']}): {error['message']}" if error else ""
        super().__init__(f"{job.get('kind', 'search')} {job['id']} {job['status']}{reason}")
        self.job = job

    def __reduce__(self) -> tuple[Any, ...]:
        """As a plain dict: connections of a job cannot be pickled."""
        return type(self), (dict(self.job),)


@dataclass(frozen=True)
class Issue:
    """One invalid field: a JSON pointer into the body (`#/layers/1/units`) or the name of a query parameter."""

    field: str
    detail: str

    def __str__(self) -> str:
        return f"{self.field}: {self.detail}" if self.field else self.detail


class ApiError(FeedforwardError):
    """The service has rejected a request. `issues` names the fields that it is about."""

    def __init__(self, status: int, problem: Mapping[str, Any], request_id: str | None = None) -> None:
        self.status = status
        self.problem = problem
        self.request_id = request_id
        self.type = str(problem.get("type", "about:blank"))
        self.title = str(problem.get("title", f"HTTP {status}"))
        self.detail = str(problem.get("detail", ""))
        self.issues = [
            Issue(str(issue.get("pointer") or issue.get("parameter") or ""), str(issue["detail"]))
            for issue in problem.get("errors", [])
        ]
        super().__init__(str(self))

    def __str__(self) -> str:
        lines = [f"{self.status} {self.detail or self.title}", *(f"  {issue}" for issue in self.issues)]
        if more := self.problem.get("more_errors"):
            lines.append(f"  and {more} more")
        return "\n".join(lines)

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.status, self.problem, self.request_id)


class ValidationError(ApiError, ValueError):
    """The request is not valid (400, 413, 415, 422)."""


class PermissionDenied(ApiError):
    """The key is missing, unknown or lacks a scope (401, 403)."""


class NotFound(ApiError):
    """There is no such thing, or the key may not see it (404)."""


class Conflict(ApiError):
    """The state of the service does not allow this now (409, 412)."""


class TooManyRequests(ApiError):
    """A limit of the key or of the service was reached, after all retries (429)."""


class ServiceUnavailable(ApiError):
    """The service cannot answer now, after all retries (5xx)."""


BY_STATUS: dict[int, type[ApiError]] = {
    400: ValidationError,
    401: PermissionDenied,
    403: PermissionDenied,
    404: NotFound,
    409: Conflict,
    412: Conflict,
    413: ValidationError,
    415: ValidationError,
    422: ValidationError,
    429: TooManyRequests,
}


def api_error(status: int, problem: Mapping[str, Any], request_id: str | None) -> ApiError:
    kind = BY_STATUS.get(status, ServiceUnavailable if status >= 500 else ApiError)
    return kind(status, problem, request_id)
