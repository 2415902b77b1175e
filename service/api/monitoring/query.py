"""The stretch of time of a query."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import validate

from service.api.http.fields import Strict, WholeNumber
from service.api.http.times import Moment
from service.operations.monitoring.window import Window

MAX_SECONDS = 10 * 366 * 86_400
SECONDS = f"must be seconds from 1 to {MAX_SECONDS:,}"


class WindowQuery(Strict):
    since = Moment(metadata={"description": "Answers from this time on."})
    window = WholeNumber(
        validate=validate.Range(1, MAX_SECONDS, error=SECONDS),
        metadata={"description": "Seconds: so long after `since`, or without it the last ones. Default: all."},
    )


def window_of(query: Mapping[str, Any]) -> Window:
    return Window.of(query.get("since"), query.get("window"))
