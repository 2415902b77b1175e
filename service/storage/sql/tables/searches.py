"""Searches, and their trials."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Double, Index, Integer, Table, Text

from service.domain.searches import Source, TrialStatus
from service.domain.status import RequestedState, Status
from service.storage.sql.tables.columns import (
    EnumText,
    creator_columns,
    float_columns,
    json_column,
    metadata,
    parent_column,
)

#: Searches for the best network and training. Decisions about one are made while its row is locked.
searches = Table(
    "searches",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    json_column("spec"),
    Column("max_trials", Integer, nullable=False),
    Column("status", EnumText(Status), nullable=False, index=True),
    Column("requested_state", EnumText(RequestedState), nullable=False),
    Column("due", Boolean, nullable=False),  # Something was asked of it, or is left to do.
    Column("error_code", Text),
    Column("error_message", Text),
    Column("best_trial", Integer),
    *float_columns("best_value", nullable=True),
    Column("created_at", Double, nullable=False),
    Column("started_at", Double),
    Column("finished_at", Double),
    *creator_columns(),
    json_column("networks", nullable=True),
    Column("deleting", Boolean, nullable=False),
)

#: Trials of searches. Neither network nor job need be there any more.
trials = Table(
    "trials",
    metadata,
    parent_column("search_id", "searches.id", primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    json_column("parameters"),
    Column("source", EnumText(Source), nullable=False),
    Column("network_id", Text),
    Column("job_id", Text, index=True),
    Column("status", EnumText(TrialStatus)),  # Null until it has ended: its job says.
    *float_columns("value", nullable=True),
    Column("spread", Double),  # The standard deviation of the value over folds and repeats.
    Column("message", Text),
    Column("seconds", Double, nullable=False),  # What its job has spent; while there is a job, that says so.
    Column("epoch", BigInteger, nullable=False),
    Column("created_at", Double, nullable=False),
    Column("finished_at", Double),
    sqlite_with_rowid=False,
)

#: Steps of searches: each lets one trial train up to one epoch.
search_steps = Table(
    "search_steps",
    metadata,
    parent_column("search_id", "searches.id", primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("trial", Integer, nullable=False),
    Column("rung", Integer, nullable=False),
    Column("epoch", BigInteger),  # Null: to the end.
    Column("ended", Boolean, nullable=False),
    *float_columns("value", nullable=True),
    Column("outcome", EnumText(TrialStatus)),  # Of the trial, where it has ended with this step.
    Index(None, "search_id", "ended"),
    sqlite_with_rowid=False,
)
