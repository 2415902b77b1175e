"""Lists, page by page: `limit` and `after` in, the list envelope out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from operator import attrgetter
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate

from service.api.http.fields import Strict, Text, WholeNumber
from service.domain.paging import Page

DEFAULT_LIMIT = 20
MAX_LIMIT = 100


class Limit(WholeNumber):
    """How many items: 0 means the default, more than the cap means the cap, less than 0 is rejected."""

    def __init__(self, default: int = DEFAULT_LIMIT, cap: int = MAX_LIMIT) -> None:
        self.default, self.cap = default, cap
        help = f"Maximum number of items per page; 0 means {default}, values above {cap} mean {cap}."
        super().__init__(load_default=default, metadata={"description": help, "minimum": 0})

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> int:
        number = super()._deserialize(value, attr, data, **kwargs) or self.default
        if number < 0:
            raise ValidationError("must be at least 0")
        return min(number, self.cap)


class PageQuery(Strict):
    limit = Limit()
    after = Text(
        validate=validate.Length(min=1, max=100),
        metadata={"description": "The `last_id` of the previous page."},
    )


def page(query: Mapping[str, Any]) -> Page:
    """The page to ask a storage for: one item more than wanted, which says whether there are more."""
    return Page(limit=query["limit"] + 1, after=query.get("after"))


def envelope(
    found: Sequence[Any],
    query: Mapping[str, Any],
    *,
    id_of: Callable[[Any], Any] = attrgetter("id"),
    write: Callable[[Any], Any] = lambda item: item,
) -> dict[str, Any]:
    """The answer for what `page(query)` brought."""
    shown = found[: query["limit"]]
    return {
        "object": "list",
        "data": [write(item) for item in shown],
        "has_more": len(found) > len(shown),
        "first_id": id_of(shown[0]) if shown else None,
        "last_id": id_of(shown[-1]) if shown else None,
    }


def list_of(item: type[Schema]) -> type[Schema]:
    """The schema of a list of `item`."""
    name = item.__name__.removesuffix("Schema")
    members: dict[str, Any] = {
        "object": fields.Constant("list", metadata={"type": "string", "enum": ["list"]}),
        "data": fields.List(fields.Nested(item), required=True),
        "has_more": fields.Boolean(required=True),
        "first_id": fields.String(required=True, allow_none=True),
        "last_id": fields.String(
            required=True, allow_none=True, metadata={"description": "Send it as `after` to get the next page."}
        ),
    }
    return type(f"{name}ListSchema", (Schema,), members)
