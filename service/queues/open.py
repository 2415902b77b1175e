"""The queue that a URL names. Each adapter is loaded only where it is used."""

from __future__ import annotations

from service.queues.dispatcher import Dispatcher, DispatchError

CELERY = "celery+"


def open_dispatcher(url: str, *, queue: str = "feedforward") -> Dispatcher:
    """`sqlite:///…` and `redis://…` by Huey, `celery+redis://…` by Celery. Raises DispatchError."""
    if not url.startswith(CELERY):
        from service.queues.huey import HueyDispatcher

        return HueyDispatcher(url, queue=queue)
    try:
        from service.queues.celery import CeleryDispatcher
    except ModuleNotFoundError as error:
        raise DispatchError(
            "Celery is not installed here. Install it by: pip install 'celery[redis]>=5.7,<6'"
        ) from error
    return CeleryDispatcher(url, queue=queue)
