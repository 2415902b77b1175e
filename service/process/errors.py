"""The one error of starting up."""

from __future__ import annotations


class CannotStart(Exception):
    """The service cannot start; the message says why and what to do about it."""
