"""Where a view finds what the composition root built."""

from __future__ import annotations

from flask import Flask, current_app

from service.operations.backend import Backend

KEY = "feedforward"


def install(app: Flask, backend: Backend) -> None:
    app.extensions[KEY] = backend


def backend() -> Backend:
    """The backend of the app that answers this request."""
    return current_app.extensions[KEY]  # type: ignore[no-any-return]  # Flask types extensions as Any
