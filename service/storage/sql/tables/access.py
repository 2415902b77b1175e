"""Keys and sessions, and what was done with them."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import Boolean, Column, Double, Integer, LargeBinary, Table, Text

from service.storage.sql.tables.columns import (
    json_column,
    metadata,
)

idempotency_keys = Table(
    "idempotency_keys",
    metadata,
    Column("route", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("fingerprint", Text, nullable=False),
    Column("created_at", Double, nullable=False, index=True),
    Column("status", Integer),
    Column("location", Text),
    Column("body", LargeBinary),
)

#: Never deleted, so that the maker of everything stays known; a secret is known by its SHA-256 alone.
keys = Table(
    "keys",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("hint", Text, nullable=False),
    Column("digest", LargeBinary, nullable=False, unique=True),
    json_column("scopes"),
    json_column("networks", nullable=True),
    Column("created_at", Double, nullable=False),
    Column("created_by", Text, index=True),
    Column("expires_at", Double),
    Column("last_used_at", Double),
    Column("revoked_at", Double),
    Column("replaces", Text),
    Column("closes", Boolean, nullable=False),  # While one of them does, a request needs a key.
    json_column("limits", nullable=True),  # By name; null: those of the settings.
)

#: Browsers that signed in; the row goes when the session is ended.
sessions = Table(
    "sessions",
    metadata,
    Column("id", Text, primary_key=True),
    Column("key_id", Text, sa.ForeignKey("keys.id", ondelete="CASCADE"), index=True),  # Null: by the start's link.
    Column("digest", LargeBinary, nullable=False, unique=True),
    Column("created_at", Double, nullable=False),
    Column("last_used_at", Double, nullable=False),
    Column("expires_at", Double, nullable=False),
)

#: Tokens that let somebody sign in once.
sign_ins = Table(
    "sign_ins",
    metadata,
    Column("digest", LargeBinary, primary_key=True),
    Column("expires_at", Double, nullable=False),
)

#: What was changed and what was rejected, by whom; keys are never deleted, but the names are kept with it all the same.
audit = Table(
    "audit",
    metadata,
    Column("id", Text, primary_key=True),
    Column("created_at", Double, nullable=False, index=True),
    Column("key_id", Text),
    Column("key_name", Text),
    Column("action", Text),
    Column("object", Text),
    Column("address", Text),
    Column("request_id", Text, nullable=False),
    Column("status", Integer, nullable=False),
)
