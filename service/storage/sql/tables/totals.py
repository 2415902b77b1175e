"""Counts that outlive what they count."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Double, Integer, Table, Text

from service.storage.sql.tables.columns import (
    metadata,
)

#: Counts that only grow, whatever is deleted: ends of jobs, attempts to deliver callbacks, and warnings of drift.
totals = Table(
    "totals",
    metadata,
    Column("kind", Text, primary_key=True),
    Column("outcome", Text, primary_key=True),
    Column("code", Text, primary_key=True),  # The error code of failed jobs, otherwise empty.
    Column("up_to_seconds", Integer, primary_key=True, autoincrement=False),  # 0: longer than all bounds.
    Column("total", BigInteger, nullable=False),
    Column("seconds", Double, nullable=False),
)
