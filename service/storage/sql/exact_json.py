"""JSON that any reader of the database can parse, and that still brings NaN and the infinities back."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from service.domain.floats import NONFINITE, kind_of

#: A non-finite float is kept as ``{"$float": "nan"}``.
_MARK = "$float"
_MARK_BYTES = _MARK.encode()
#: A user's own key that looks like the mark, or like an escaped one, is kept with one more $.
_LIKE_MARK = re.compile(r"\$+float")
_ENCODER = json.JSONEncoder(allow_nan=False, separators=(",", ":"))


@dataclass(frozen=True)
class Encoded:
    """A value that was encoded before its transaction began: a large one takes a while."""

    text: str


def encoded(value: Any) -> Encoded | None:
    """None for None, as a column of JSON wants it."""
    return None if value is None else Encoded(encode(value))


def encode(value: Any) -> str:
    """Return standard JSON text. It never holds a bare NaN, which databases and most parsers reject."""
    if isinstance(value, Encoded):
        return value.text
    try:
        text = _ENCODER.encode(value)
    except ValueError:
        return _ENCODER.encode(_marked(value))
    return _ENCODER.encode(_marked(value)) if f'{_MARK}":' in text else text


def decode(text: str | bytes) -> Any:
    """Return what `encode` was given, with lists for tuples. Integers are exact up to 64 bits."""
    if (_MARK_BYTES if isinstance(text, bytes) else _MARK) in text:  # type: ignore[operator]
        return json.loads(text, object_hook=_unmarked)
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:  # A lone surrogate, which only the standard library reads.
        return json.loads(text)


def decode_all(texts: Iterable[str | None]) -> list[Any]:
    """`decode`, for a whole column at once."""
    decoded: list[Any] = decode(f"[{','.join(text or 'null' for text in texts)}]")
    return decoded


def escaped(key: str) -> str:
    """Return an object's key as it stands in the text."""
    return f"${key}" if _LIKE_MARK.fullmatch(key) else key


def _marked(value: Any) -> Any:
    if isinstance(value, float):
        kind = kind_of(value)
        return value if kind is None else {_MARK: kind}
    if isinstance(value, Mapping):
        return {escaped(key): _marked(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_marked(item) for item in value]
    return value


def _unmarked(value: dict[str, Any]) -> Any:
    kind = value.get(_MARK) if len(value) == 1 else None
    if isinstance(kind, str):
        return NONFINITE.get(kind, value)
    return {key[1:] if _is_escaped(key) else key: item for key, item in value.items()}


def _is_escaped(key: str) -> bool:
    return key.startswith("$$") and _LIKE_MARK.fullmatch(key) is not None
