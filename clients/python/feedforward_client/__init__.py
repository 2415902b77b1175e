"""Train and use the neural networks of a Feedforward service."""

from feedforward_client._async.client import AsyncClient
from feedforward_client._async.datasets import AsyncDataset
from feedforward_client._async.jobs import AsyncJob
from feedforward_client._async.networks import AsyncNetwork
from feedforward_client._async.searches import AsyncSearch
from feedforward_client._sync.client import Client
from feedforward_client._sync.datasets import Dataset
from feedforward_client._sync.jobs import Job
from feedforward_client._sync.networks import Network
from feedforward_client._sync.searches import Search
from feedforward_client.errors import (
    ApiError,
    Conflict,
    ConnectionFailed,
    FeedforwardError,
    Issue,
    JobFailed,
    NotFound,
    PermissionDenied,
    ServiceUnavailable,
    TooManyRequests,
    ValidationError,
)
from feedforward_client.history import History
from feedforward_client.records import Prediction, Record
from feedforward_client.release import VERSION
from feedforward_client.sse import Event

__version__ = VERSION

__all__ = [
    "ApiError",
    "AsyncClient",
    "AsyncDataset",
    "AsyncJob",
    "AsyncNetwork",
    "AsyncSearch",
    "Client",
    "Conflict",
    "ConnectionFailed",
    "Dataset",
    "Event",
    "FeedforwardError",
    "History",
    "Issue",
    "Job",
    "JobFailed",
    "Network",
    "NotFound",
    "PermissionDenied",
    "Prediction",
    "Record",
    "Search",
    "ServiceUnavailable",
    "TooManyRequests",
    "ValidationError",
    "__version__",
]
