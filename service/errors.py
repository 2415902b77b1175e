"""All errors of the service, in one family. The class docstring is the default message and says what to do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class FieldError:
    """One bad field: its path in the request, and what would be right.

    The path of a query argument is its name alone; in a JSON body it is ``("layers", 1, "units")``.
    """

    path: tuple[str | int, ...]
    message: str


class FeedforwardError(Exception):
    """The service could not do this. The message says why."""

    code = "error"

    def __init__(self, message: str | None = None, *, fields: Sequence[FieldError] = ()) -> None:
        super().__init__(message or (type(self).__doc__ or "").strip())
        self.fields = tuple(fields)

    @property
    def message(self) -> str:
        return str(self.args[0])


class Invalid(FeedforwardError):
    """Your request is not valid. Look at the fields listed under errors."""

    code = "invalid"


class NotFound(FeedforwardError):
    """There is no such thing here. Check the id or the name."""

    code = "not_found"


class Hidden(NotFound):
    """There is no such thing here. Check the id or the name."""

    def __init__(self, message: str, *, path: str) -> None:
        """For a caller who may not know that there is one; `path` names it for the audit: networks/churn."""
        super().__init__(message)
        self.path = path


class Conflict(FeedforwardError):
    """This cannot be done in the present state of things. Read the state, then try again."""

    code = "conflict"


class PreconditionFailed(FeedforwardError):
    """Somebody else has changed this meanwhile. Read it again, then decide again."""

    code = "precondition_failed"


class AlreadyExists(Conflict):
    """Another one has this name. Choose another name."""

    code = "already_exists"


class KeyReused(FeedforwardError):
    """This Idempotency-Key was used with another body. Use a new key for a new request."""

    code = "key_reused"


class LeaseLost(FeedforwardError):
    """Another run holds this job now. Stop, and write nothing."""

    code = "lease_lost"


class TooManyJobs(FeedforwardError):
    """The queue is full. Try again when some jobs have ended."""

    code = "too_many_jobs"

    def __init__(self, message: str | None = None, *, retry_after_seconds: int = 10) -> None:
        super().__init__(message)
        self.retry_after_seconds = retry_after_seconds


class TooManyRequests(FeedforwardError):
    """There have been too many requests of this kind. Try again after as many seconds as Retry-After says."""

    code = "too_many_requests"

    def __init__(self, message: str | None = None, *, limit: int, resets_at: int, retry_after_seconds: int) -> None:
        super().__init__(message)
        self.limit, self.resets_at, self.retry_after_seconds = limit, resets_at, retry_after_seconds


class TooManyStreams(FeedforwardError):
    """Too many event streams are open. Close one, or poll the paged list of events."""

    code = "too_many_streams"


class TooManyLongAnswers(FeedforwardError):
    """Too many long answers are being read. Ask for a page, or again in a moment."""

    code = "too_many_long_answers"


class TooManyUploads(FeedforwardError):
    """Too many files are being uploaded. Send yours again in a moment."""

    code = "too_many_uploads"


class Unauthenticated(FeedforwardError):
    """A key is needed. Send it as Authorization: Bearer ff_… or as X-API-Key."""

    code = "unauthorized"


class Forbidden(FeedforwardError):
    """Your key does not allow this. Ask for one that does."""

    code = "forbidden"


class Misdirected(FeedforwardError):
    """This service has no such name. Call it by its own address, or list the name in FEEDFORWARD_ALLOWED_HOSTS."""

    code = "misdirected_request"


class CrossSite(FeedforwardError):
    """A page of another site may not change anything here. List its origin in FEEDFORWARD_CORS_ORIGINS to allow it."""

    code = "cross_site"


class BodyTooSlow(FeedforwardError):
    """The body did not come in time. Send it again over a faster connection, or in smaller parts."""

    code = "body_too_slow"


class BodyTooLarge(FeedforwardError):
    """The body has more bytes than are allowed. Send less at once."""

    code = "request_entity_too_large"


class BodyIncomplete(FeedforwardError):
    """The body was cut off, or ends with trailers, which are not read. Send it again, whole."""

    code = "body_incomplete"


class TooManyBodies(FeedforwardError):
    """The service holds as many bytes of bodies as it may. Send yours again in a moment."""

    code = "too_many_bodies"


class Stopping(FeedforwardError):
    """The service is stopping. Send the request again in a moment."""

    code = "stopping"


class QuotaExceeded(FeedforwardError):
    """There is no room left for this kind of data. Delete what you no longer need, or raise the limit."""

    code = "quota_exceeded"


class NotInstalled(FeedforwardError):
    """The service lacks an optional package for this. Install it where the service runs."""

    code = "not_installed"


class StorageError(FeedforwardError):
    """The database could not do this. Nothing was written."""

    code = "storage"


class Damaged(StorageError):
    """What is stored is not what was written. Restore a backup, or use another snapshot or data set."""

    code = "damaged"


class StorageUnavailable(StorageError):
    """The database cannot be reached now. Try again in a moment."""

    code = "storage_unavailable"
