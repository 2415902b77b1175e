"""The one error of the demo."""

from __future__ import annotations


class DemoFailed(Exception):
    """The demo cannot go on; the message says why."""
