"""`POST /mcp`: the Model Context Protocol, for assistants. One message in, one out, and nothing kept in between."""

from __future__ import annotations

from typing import Any

from flask import Response, current_app, request
from marshmallow import Schema, ValidationError
from werkzeug.exceptions import BadRequest

from service.api import docs
from service.api.http.bodies import read_body
from service.api.http.dialects import problem_body
from service.api.http.foreign import ForeignBlueprint
from service.api.http.json_provider import decode, encode, json_response
from service.api.http.problems import described
from service.api.http.smorest import issues
from service.api.mcp import protocol
from service.api.mcp.protocol import Message, RpcError
from service.api.mcp.schemas import described_tools
from service.api.mcp.tools import BY_NAME, Tool, run
from service.errors import FeedforwardError, Invalid

blp = ForeignBlueprint("mcp", __name__)

#: Where the tools are kept once they were asked for; their schemas come from the API's document.
KEY = "feedforward.mcp"


@blp.serve("/mcp", operation_id="callTool", method="POST")
def answer() -> Response:
    body = message = None
    try:
        body = read_json()
        message = protocol.read_message(body, request.headers)
        if message.id is None:
            return Response(status=202)
        return json_response(respond(message))
    except RpcError as error:
        is_old = message is not None and not message.is_modern
        # Older clients read errors in answers of 200 alone.
        return json_response(protocol.error(protocol.id_of(body), error), 200 if is_old else error.status)


def read_json() -> Any:
    try:
        return decode(read_body())
    except BadRequest as error:
        raise RpcError(protocol.PARSE_ERROR, str(error.description)) from None


def respond(message: Message) -> dict[str, Any]:
    match message.method:
        case "server/discover" if message.is_modern:
            return protocol.result(message, protocol.discovered(), may_keep=True)
        case "initialize" if not message.is_modern:
            return protocol.result(message, protocol.initialized(message.params.get("protocolVersion")))
        case "ping":
            return protocol.result(message, {})
        case "tools/list":
            return protocol.result(message, {"tools": tools()}, may_keep=True)
        case "tools/call":
            return protocol.result(message, call(message.params))
    raise RpcError(protocol.METHOD_NOT_FOUND, f"Method not found: {message.method}", status=404)


def tools() -> list[dict[str, Any]]:
    if KEY not in current_app.extensions:
        current_app.extensions[KEY] = described_tools(docs.api().document(), docs.api())
    found: list[dict[str, Any]] = current_app.extensions[KEY]
    return found


def call(params: Any) -> dict[str, Any]:
    """The result of a tool; what the API rejects is one too, with its problem as text, for a model to repair."""
    tool, values = BY_NAME.get(str(params.get("name"))), params.get("arguments")
    if tool is None:
        known = ", ".join(BY_NAME)
        raise RpcError(protocol.INVALID_PARAMS, f"Unknown tool: {params.get('name')}; tools: {known}", status=200)
    if not isinstance(values, dict | None):
        raise RpcError(protocol.INVALID_PARAMS, "arguments must be an object", status=200)
    try:
        found = run(tool, read_arguments(tool, values or {}))
    except FeedforwardError as error:
        return content(encode(problem_body(described(error))).decode(), is_error=True)
    return content(found.text, is_error=found.is_error) | ({} if found.is_error else {"structuredContent": found.json})


def content(text: str, *, is_error: bool) -> dict[str, Any]:
    return {"content": [{"type": "text", "text": text}], "isError": is_error}


def read_arguments(tool: Tool, values: dict[str, Any]) -> Any:
    """Raises Invalid. What is the body of one request is checked by its route."""
    if isinstance(tool.takes, str):
        return values
    schema: Schema = tool.takes()
    try:
        return schema.load(values)
    except ValidationError as error:
        raise Invalid(fields=list(issues(error.messages, schema, "argument"))) from None
