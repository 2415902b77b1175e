"""The tools' schemas, from those of the API's document."""

from __future__ import annotations

import re
from typing import Any

from marshmallow import Schema

from service.api.http.smorest import Api
from service.api.mcp.tools import TOOLS, Tool

REF = "#/components/schemas/"
#: Every list has the same envelope; its items differ.
LIST = {
    "type": "object",
    "required": ["data", "has_more"],
    "properties": {
        "data": {"type": "array", "items": {"type": "object"}},
        "has_more": {"type": "boolean"},
        "last_id": {"type": ["string", "null"], "description": "For `after`, to get the next page."},
    },
}
#: Says in a schema that a text has no NUL: true of every text that anybody means.
NO_NUL = r"^[^\u0000]*$"

NOT_HERE = ("train", "table", "features", "recipes", "explicit_weights")


def described_tools(document: dict[str, Any], api: Api) -> list[dict[str, Any]]:
    """Every tool as `tools/list` shows it, always in the same order."""
    shared = document["components"]["schemas"]
    known = shared | {
        "List": LIST,
        "NetworkArguments": network_arguments(shared["NetworkBody"]),
        "ExplainArguments": explain_arguments(shared["PredictBody"]),
    }
    return [described(tool, known, api) for tool in TOOLS]


def described(tool: Tool, known: dict[str, Any], api: Api) -> dict[str, Any]:
    return {
        "name": tool.name,
        "title": tool.title,
        "description": tool.description,
        "inputSchema": taken(tool.takes, known, api),
        "outputSchema": complete({"$ref": REF + tool.gives}, known, is_open=True),
        "annotations": tool.annotations(),
    }


def taken(takes: type[Schema] | str, known: dict[str, Any], api: Api) -> dict[str, Any]:
    if isinstance(takes, str):
        return complete({"$ref": REF + takes}, known)
    return {**api.ma_plugin.converter.schema2jsonschema(takes()), "type": "object"}


def complete(schema: dict[str, Any], known: dict[str, Any], *, is_open: bool = False) -> dict[str, Any]:
    """A schema that stands alone: what it refers to is under `$defs`. `is_open`: further fields may come one day."""
    root = known[schema["$ref"].removeprefix(REF)]
    used: dict[str, Any] = {}
    pending = _names(root)
    while pending:
        name = pending.pop()
        if name not in used:
            used[name] = known[name]
            pending |= _names(known[name])
    found: dict[str, Any] = _moved(root, is_open=is_open)
    if used:
        found["$defs"] = {name: _moved(used[name], is_open=is_open) for name in sorted(used)}
    return found


def _names(schema: Any) -> set[str]:
    return set(re.findall(rf"'{REF}(\w+)'", repr(schema)))


def _moved(schema: Any, *, is_open: bool) -> Any:
    """The same with references into `$defs`, without what tells a reader nothing: to be sent, what is only read."""
    if isinstance(schema, list):
        return [_moved(item, is_open=is_open) for item in schema]
    if not isinstance(schema, dict):
        return schema.replace(REF, "#/$defs/") if isinstance(schema, str) else schema
    return {
        name: _moved(item, is_open=is_open)
        for name, item in schema.items()
        if not (name == "pattern" and item == NO_NUL)
        and name != "example"
        and not (not is_open and isinstance(item, dict) and item.get("readOnly") is True)
        and not (is_open and name == "additionalProperties" and item is False)
    }


def network_arguments(body: dict[str, Any]) -> dict[str, Any]:
    """What creates a network; another tool trains it, and its schema would be here a second time.

    Recipes of members and what only copies of networks have would make it half as long again.
    """
    own = {name: field for name, field in body["properties"].items() if name not in NOT_HERE}
    count = next(item for item in own["members"]["anyOf"] if item["type"] == "integer")
    members = count | {"description": own["members"]["description"].partition(". A list")[0] + "."}
    return {**body, "properties": own | {"members": members}}


def explain_arguments(predict: dict[str, Any]) -> dict[str, Any]:
    """The body of a prediction, with the options of `attributions` in its place."""
    own = {name: item for name, item in predict["properties"].items() if name not in ("attributions", "top_k")}
    options = next(item for item in predict["properties"]["attributions"]["anyOf"] if "properties" in item)
    return {**predict, "properties": own | options["properties"]}
