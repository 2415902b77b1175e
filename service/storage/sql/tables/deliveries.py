"""What is sent to other services."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import BigInteger, Boolean, Column, Double, Index, Integer, Table, Text

from service.storage.sql.tables.columns import (
    metadata,
)

#: Callbacks to deliver at the end of jobs and for events of networks; a row stays until its callback is delivered or
#: given up.
callbacks = Table(
    "callbacks",
    metadata,
    Column("id", Text, primary_key=True),  # The job's, or that of the network with the number of its event.
    Column("job_id", Text, sa.ForeignKey("jobs.id", ondelete="CASCADE"), index=True),
    Column("network_id", Text),
    Column("seq", Integer),
    Column("url", Text, nullable=False),
    Column("secret", Text),  # Its own; without it, the one that is configured.
    Column("attempts", Integer, nullable=False),  # Those begun; an attempt writes under its number alone.
    Column("due_at", Double, index=True),  # Null until the job has ended; then never before this moment.
    sa.ForeignKeyConstraint(
        ["network_id", "seq"], ["network_events.network_id", "network_events.seq"], ondelete="CASCADE"
    ),
    Index(None, "network_id", "seq"),
)

#: How far the reports of trainings to tracking servers are.
reports = Table(
    "reports",
    metadata,
    Column("job_id", Text, sa.ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True),
    Column("server", Text, nullable=False),
    Column("experiment", Text, nullable=False),
    Column("run_id", Text),
    Column("artifact_uri", Text),
    Column("epoch", Integer, nullable=False),  # Up to which the server has all.
    Column("milliseconds", BigInteger, nullable=False),
    Column("claims", Integer, nullable=False),  # Attempts begun; an attempt writes under its number alone.
    Column("attempts", Integer, nullable=False),  # Those begun since the last one that succeeded.
    Column("in_doubt", Boolean, nullable=False),
    Column("due_at", Double, index=True),  # Null while there is nothing to report.
    Column("lease_until", Double),  # Until when an attempt has it, however due it is.
    Column("ended", Text),
    Column("error", Text),
    Column("model", Text),
)
