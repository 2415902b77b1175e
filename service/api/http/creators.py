"""Who has created something: two fields of an answer, and the filter of a list."""

from __future__ import annotations

from marshmallow import fields, validate

from service.api.http.fields import Text
from service.api.http.pages import PageQuery


class CreatedByQuery(PageQuery):
    created_by = Text(
        validate=validate.Length(min=1, max=200),
        metadata={"description": "Only what this key or user has created: the id or name of a key, or a proxy's user."},
    )


def creator(attribute: str = "created_by") -> fields.String:
    return fields.String(
        required=True,
        allow_none=True,
        attribute=attribute,
        metadata={"description": "Name of the key, or user of a proxy, that created it; null if none was needed."},
    )


def creator_key(attribute: str = "created_by_key") -> fields.String:
    return fields.String(
        required=True, allow_none=True, attribute=attribute, metadata={"description": "Id of that key."}
    )
