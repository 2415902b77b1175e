"""All JSON in and out: orjson knows NumPy arrays, writes NaN and the infinities as null, and rejects them on input."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import numpy as np
import orjson
from flask import Response
from flask.json.provider import JSONProvider
from werkzeug.exceptions import BadRequest

NOT_IN_JSON = re.compile(r"-?(NaN|Infinity)\b")


def encode(value: Any, *, indent: bool = False) -> bytes:
    options = orjson.OPT_SERIALIZE_NUMPY | (orjson.OPT_INDENT_2 if indent else 0)
    return orjson.dumps(value, default=_plain, option=options)


def decode(body: bytes | str) -> Any:
    """Read strict JSON; raise BadRequest for anything else, NaN, Infinity, 1e999 and very deep nesting among it."""
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise BadRequest(f"The body is not valid JSON: {error}.{_hint(error)}") from None


def _hint(error: orjson.JSONDecodeError) -> str:
    """What to send in place of the words that Python and JavaScript write for a number that JSON has not."""
    if not NOT_IN_JSON.match(error.doc, error.pos):
        return ""
    return " JSON has no NaN and no Infinity: send null for a missing value."


def json_response(value: Any, status: int = 200) -> Response:
    """An answer that needs no schema to be written: for large or frequent ones."""
    return Response(encode(value), status, mimetype="application/json")


def _plain(value: Any) -> Any:
    if isinstance(value, np.ndarray):  # orjson reads contiguous arrays only
        return np.ascontiguousarray(value)
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{type(value).__name__} cannot be written as JSON")


class OrjsonProvider(JSONProvider):
    def dumps(self, obj: Any, **kwargs: Any) -> str:
        return encode(obj, indent=bool(kwargs.get("indent"))).decode()

    def loads(self, s: str | bytes, **kwargs: Any) -> Any:
        return orjson.loads(s)

    def response(self, *args: Any, **kwargs: Any) -> Response:
        return Response(encode(self._prepare_response_obj(args, kwargs)), mimetype="application/json")
