"""Errors for somebody who sent no request."""

from __future__ import annotations

from service.errors import FeedforwardError


def sentence(error: FeedforwardError) -> str:
    """An error with its fields."""
    fields = "; ".join(f"{'.'.join(map(str, issue.path))} {issue.message}" for issue in error.fields)
    return f"{error.message} {fields}".strip()
