"""Identifiers that sort by the time they were made, so that a keyset page needs no second column."""

from __future__ import annotations

import secrets
import time


def new_id(prefix: str) -> str:
    """Return e.g. ``job_019a9d3c4f6b8a1e0c7d2f41``: 12 hex digits of milliseconds, 12 of chance."""
    return f"{prefix}_{time.time_ns() // 1_000_000:012x}{secrets.token_hex(6)}"
