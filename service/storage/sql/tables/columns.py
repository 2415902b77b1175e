"""What the tables are made of."""

from __future__ import annotations

from enum import StrEnum
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy import Column, Double, Text

metadata = sa.MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    }
)

E = TypeVar("E", bound=StrEnum)


class EnumText(sa.types.TypeDecorator[E]):
    """A word of an enum, kept as text."""

    impl = Text
    cache_ok = True

    def __init__(self, enum: type[E]) -> None:
        super().__init__()
        self.enum = enum

    def process_bind_param(self, value: E | None, dialect: sa.Dialect) -> str | None:
        return None if value is None else value.value

    def process_result_value(self, value: Any, dialect: sa.Dialect) -> E | None:
        return None if value is None else self.enum(value)


def float_columns(name: str, *, nullable: bool) -> tuple[Column[Any], Column[Any]]:
    """A float that may be NaN or infinite, see `service.storage.sql.floats`."""
    return Column(name, Double), Column(f"{name}_kind", Text, nullable=nullable)


def json_column(name: str, *, nullable: bool = False) -> Column[Any]:
    return Column(name, sa.JSON(none_as_null=True), nullable=nullable)


def creator_columns() -> tuple[Column[Any], Column[Any]]:
    """Who made it: the name of a key, or a proxy's user, and the id of that key."""
    return Column("created_by", Text), Column("created_by_key", Text)


def parent_column(name: str, target: str, **options: Any) -> Column[Any]:
    return Column(name, Text, sa.ForeignKey(target, ondelete="CASCADE"), nullable=False, **options)
