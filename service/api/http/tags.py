"""Tags in bodies and answers: texts by key."""

from __future__ import annotations

from service.operations import names

TAGS = {
    "type": "object",
    "maxProperties": names.MAX_TAGS,
    "propertyNames": {"minLength": 1, "maxLength": names.MAX_TAG_KEY, "pattern": names.TAG_KEY_PATTERN},
    "additionalProperties": {"type": "string", "maxLength": names.MAX_TAG_VALUE, "pattern": names.TEXT_PATTERN},
}
