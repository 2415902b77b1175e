"""Where two JSON documents differ."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, NamedTuple

#: How many differences are listed.
MAX_LISTED = 200
ABSENT = object()


class Difference(NamedTuple):
    """`path` is a JSON pointer; a value that is not there is None."""

    path: str
    before: Any
    after: Any


def differences(before: Any, after: Any) -> list[Difference]:
    """The innermost ones in the order of the documents, at most `MAX_LISTED`."""
    return list(islice(_walk("", before, after), MAX_LISTED))


def _walk(path: str, before: Any, after: Any) -> Iterator[Difference]:
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for name in dict.fromkeys((*before, *after)):
            yield from _walk(f"{path}/{_escaped(name)}", before.get(name, ABSENT), after.get(name, ABSENT))
    elif _is_list(before) and _is_list(after) and len(before) == len(after):
        for index, (one, other) in enumerate(zip(before, after, strict=True)):
            yield from _walk(f"{path}/{index}", one, other)
    elif before != after:
        yield Difference(path, *(None if value is ABSENT else value for value in (before, after)))


def _is_list(value: Any) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str)


def _escaped(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")
