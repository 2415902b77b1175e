"""Errors as one line for the operator of the service, who may see more than its clients."""

from __future__ import annotations

from service.errors import FeedforwardError, StorageError


def error_text(error: BaseException) -> str:
    """The message or each bad field; of a database error also the driver's first line, which holds no password."""
    if isinstance(error, FeedforwardError) and error.fields:
        return "; ".join(f"{'.'.join(map(str, field.path))} {field.message}" for field in error.fields)
    driver = getattr(error.__cause__, "orig", None) if isinstance(error, StorageError) else None
    return f"{error} ({str(driver).splitlines()[0]})" if driver and str(driver) else str(error)
