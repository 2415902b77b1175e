"""Errors as one line for whoever runs the service, who may know more than a client of it."""

from __future__ import annotations

from service.errors import StorageError


def error_text(error: BaseException) -> str:
    """The message; of a database error also the first line of what the driver said, which holds no password."""
    driver = getattr(error.__cause__, "orig", None) if isinstance(error, StorageError) else None
    return f"{error} ({str(driver).splitlines()[0]})" if driver and str(driver) else str(error)
