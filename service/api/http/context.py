"""Where a view finds what the composition root built, and who asks."""

from __future__ import annotations

from flask import Flask, current_app, request

from service.domain.access import Caller
from service.operations.backend import Backend

KEY = "feedforward"
#: Where in the environment the middleware says who asks.
CALLER = "feedforward.caller"
#: The same for a request that another request makes inside the service, in the name of its own caller.
WITHIN = "feedforward.within"
#: Where in the environment a view says how many seconds it has waited because the client asked it to.
WAITED = "feedforward.waited"
#: Where in the environment is what was there, but not for this caller to know of: networks/churn.
HIDDEN = "feedforward.hidden"


def install(app: Flask, backend: Backend) -> None:
    app.extensions[KEY] = backend


def backend() -> Backend:
    """The backend of the app that answers this request, with what the request's caller may see."""
    return whole_backend().for_caller(caller())


def whole_backend() -> Backend:
    """The backend without regard to who asks, for what is about the caller itself."""
    found: Backend = current_app.extensions[KEY]
    return found


def caller() -> Caller:
    """Who asks. A request that came past the middleware has nobody, and is a fault of ours."""
    asks: Caller = request.environ[CALLER]
    return asks
