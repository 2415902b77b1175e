"""The body of an inference request: unpacked, and parted into its JSON and the tensors behind it."""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from typing import Any, NamedTuple

import orjson

from service.api.http.json_provider import decode
from service.errors import BodyTooLarge, Invalid
from service.operations.validation import invalid

#: Says how many bytes of the body are JSON. Without it all are, whatever the Content-Type says.
HEADER_LENGTH = "Inference-Header-Content-Length"
#: zlib finds out by itself which of gzip and deflate it is.
WINDOW = 47
ENCODINGS = ("gzip", "deflate")


class Body(NamedTuple):
    json: dict[str, Any]
    tail: memoryview


def read_body(data: bytes, *, encoding: str | None, header_length: str | None, max_bytes: int) -> Body:
    """Raises BadRequest, BodyTooLarge and Invalid."""
    if encoding and encoding.strip().lower() != "identity":
        data = unpacked(data, encoding.strip().lower(), max_bytes)
    view = memoryview(data)
    length = len(view) if header_length is None else _length(header_length, len(view))
    return Body(read_object(data if length == len(view) else view[:length]), view[length:])


def read_object(data: bytes | memoryview) -> dict[str, Any]:
    """A JSON object. Clients in Python write NaN for a missing number, which JSON has not: it is read here.

    Raises BadRequest and Invalid.
    """
    try:
        found = orjson.loads(data)
    except orjson.JSONDecodeError:
        found = _read_loosely(bytes(data))
    if type(found) is not dict:
        raise Invalid("The body must be a JSON object.")
    return found


def unpacked(data: bytes, encoding: str, max_bytes: int) -> bytes:
    """At most so many bytes. Raises BodyTooLarge and Invalid."""
    if encoding not in ENCODINGS:
        raise Invalid(f"Content-Encoding must be one of {', '.join(ENCODINGS)}, got {encoding[:60]}.")
    unpack = zlib.decompressobj(WINDOW)
    try:
        content = unpack.decompress(data, max_bytes + 1)
    except zlib.error as error:
        raise Invalid(f"The body is not {encoding}, although Content-Encoding says so.") from error
    if len(content) > max_bytes:
        raise BodyTooLarge(f"A body may have at most {max_bytes:,} bytes, unpacked too.")
    if not unpack.eof or unpack.unused_data:
        raise Invalid(f"The body's {encoding} is cut off, or has more behind it.")
    return content


def _length(text: str, size: int) -> int:
    length = int(text) if text.isascii() and text.isdigit() and len(text) < 20 else -1
    if not 0 <= length <= size:
        raise Invalid(f"{HEADER_LENGTH} must be a number of bytes from 0 to the body's {size:,}, got {text[:60]}.")
    return length


def _read_loosely(data: bytes) -> Any:
    try:
        text = data.decode()
        found = json.loads(text)
        if "\\u" in text:  # Half of a pair of surrogates is no text: it could not be written again.
            json.dumps(found, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        return decode(data)  # which says what is wrong
    return found


def typed(given: Mapping[str, Any], key: str, kind: type, words: str, *path: str | int) -> Any:
    """A field that may be left out or null. Raises Invalid."""
    value = given.get(key)
    if value is not None and type(value) is not kind:
        raise invalid((*path, key), f"must be {words}")
    return value
