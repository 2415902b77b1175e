"""Messages of the Model Context Protocol: revision 2026-07-28, and the older ones, which begin with a handshake.

https://modelcontextprotocol.io/specification/2026-07-28/basic/transports
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from werkzeug.datastructures import Headers

from service.domain.release import VERSION

MODERN = ("2026-07-28",)
#: Newest first; the first one is offered to a client that asks for an unknown one.
LEGACY = ("2025-11-25", "2025-06-18", "2025-03-26")
META = "io.modelcontextprotocol/"
SERVER = {"name": "feedforward", "title": "Feedforward", "version": VERSION}
INSTRUCTIONS = (
    "Trains and uses neural networks on tables. The way: upload_table, propose (a network and a training for a "
    "column to predict), create_network and train with what was proposed, watch_training until the job has ended, "
    "evaluate, predict. A rejected call names each invalid field; correct it and call again."
)
#: How long a client may keep the list of tools.
TTL_MS = 600_000

PARSE_ERROR, INVALID_REQUEST, METHOD_NOT_FOUND, INVALID_PARAMS = -32700, -32600, -32601, -32602
HEADER_MISMATCH, UNSUPPORTED_VERSION = -32020, -32022


@dataclass(frozen=True)
class RpcError(Exception):
    code: int
    message: str
    status: int = 400
    data: Any = None


@dataclass(frozen=True)
class Message:
    """A request, or a notification (`id` is None). `is_modern`: it says its revision in `_meta`."""

    id: str | int | None
    method: str
    params: Mapping[str, Any] = field(default_factory=dict)
    is_modern: bool = False


def read_message(body: Any, headers: Headers) -> Message:
    """Raises RpcError if it is no message, or if its headers say something else than its body."""
    if not isinstance(body, dict) or body.get("jsonrpc") != "2.0" or not isinstance(body.get("method"), str):
        raise RpcError(INVALID_REQUEST, 'The body must be one JSON-RPC message: {"jsonrpc": "2.0", "method": …}')
    params, message_id = body.get("params", {}), id_of(body)
    if not isinstance(params, dict):
        raise RpcError(INVALID_REQUEST, "params must be an object")
    if message_id != body.get("id"):
        raise RpcError(INVALID_REQUEST, "id must be a text or a whole number")
    meta = params.get("_meta")
    version = meta.get(f"{META}protocolVersion") if isinstance(meta, dict) else None
    message = Message(message_id, body["method"], params, version is not None)
    if message.is_modern:
        _check_headers(message, version, headers)
    return message


def id_of(body: Any) -> str | int | None:
    """The id of a message, as far as it has a sound one."""
    found = body.get("id") if isinstance(body, dict) else None
    return found if isinstance(found, str | int) and not isinstance(found, bool) else None


def _check_headers(message: Message, version: Any, headers: Headers) -> None:
    if headers.get("MCP-Protocol-Version") != version:
        raise RpcError(HEADER_MISMATCH, f"MCP-Protocol-Version must be {version!r}, as _meta says")
    if version not in MODERN:
        known = {"supported": [*MODERN, *LEGACY], "requested": version}
        raise RpcError(UNSUPPORTED_VERSION, "Unsupported protocol version", data=known)
    if headers.get("Mcp-Method") != message.method:
        raise RpcError(HEADER_MISMATCH, f"Mcp-Method must be {message.method!r}, as the body says")
    if message.method == "tools/call" and decoded(headers.get("Mcp-Name", "")) != message.params.get("name"):
        raise RpcError(HEADER_MISMATCH, f"Mcp-Name must be {message.params.get('name')!r}, as the body says")


def decoded(value: str) -> str | None:
    """A header's value, which may be `=?base64?…?=`; None if it is broken."""
    if not (value.startswith("=?base64?") and value.endswith("?=")):
        return value
    try:
        return base64.b64decode(value[9:-2], validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return None


def result(message: Message, fields: Mapping[str, Any], *, may_keep: bool = False) -> dict[str, Any]:
    """The answer; the newer revision says what kind of result it is, whose, and how long it may be kept."""
    found = dict(fields)
    if message.is_modern:
        found |= {"resultType": "complete", "_meta": {f"{META}serverInfo": SERVER}}
        if may_keep:
            found |= {"ttlMs": TTL_MS, "cacheScope": "private"}
    return {"jsonrpc": "2.0", "id": message.id, "result": found}


def error(message_id: str | int | None, problem: RpcError) -> dict[str, Any]:
    data = {} if problem.data is None else {"data": problem.data}
    return {"jsonrpc": "2.0", "id": message_id, "error": {"code": problem.code, "message": problem.message, **data}}


def initialized(wanted: Any) -> dict[str, Any]:
    """The answer to `initialize`; without a session, so that any process can answer the next request."""
    version = wanted if wanted in LEGACY else LEGACY[0]
    return {
        "protocolVersion": version,
        "capabilities": {"tools": {}},
        "serverInfo": SERVER,
        "instructions": INSTRUCTIONS,
    }


def discovered() -> dict[str, Any]:
    return {"supportedVersions": list(MODERN), "capabilities": {"tools": {}}, "instructions": INSTRUCTIONS}
