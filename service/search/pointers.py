"""JSON Pointers (RFC 6901): where in the bodies of a trial a parameter stands."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from service.schema.rules import reject, shown

MAX_POINTER = 500
Path = tuple[str | int, ...]


def read_pointer(text: Any) -> tuple[str, ...]:
    """The segments of a pointer. Raises SpecError."""
    if not isinstance(text, str) or not text.startswith("/") or len(text) > MAX_POINTER:
        raise reject(f"must be a JSON Pointer such as /training/batch_size, got {shown(text)}")
    parts = tuple(part.replace("~1", "/").replace("~0", "~") for part in text[1:].split("/"))
    if "" in parts[1:]:
        raise reject(f"must name something between and behind its slashes, got {shown(text)}")
    return parts


def put(bodies: Mapping[str, Any], pointer: str, value: Any) -> None:
    """Set the value that a pointer means, in place; missing objects on the way are created. Raises SpecError."""
    *way, last = read_pointer(pointer)
    holder: Any = bodies
    for part in way:
        holder = _step(holder, part)
    if isinstance(holder, list):
        holder[_index(holder, last)] = copy.deepcopy(value)
    elif isinstance(holder, dict):
        holder[last] = copy.deepcopy(value)
    else:
        raise reject(f"must lead into an object or a list; {shown(holder)} stands above {shown(last)}")


def _step(holder: Any, part: str) -> Any:
    if isinstance(holder, list):
        return holder[_index(holder, part)]
    if not isinstance(holder, dict):
        raise reject(f"must lead into an object or a list; {shown(holder)} stands above {shown(part)}")
    if isinstance(holder.get(part), str):
        # A name stands for an object with that type: "adam" for {"type": "adam"}.
        holder[part] = {"type": holder[part]}
    elif holder.get(part) is None:
        holder[part] = {}
    return holder[part]


def _index(holder: list[Any], part: str) -> int:
    if part not in map(str, range(len(holder))):
        raise reject(f"must name one of the {len(holder)} items of a list by its number from 0, got {shown(part)}")
    return int(part)
