"""Links of the items of a list: `url_for` takes as long as all the rest of an item."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from flask import request, url_for

#: Stands for the argument in a link; no rule contains it.
_ARGUMENT = "~"


class Link(NamedTuple):
    """To a view with one argument, an id or a name, which needs no quoting."""

    name: str
    endpoint: str
    argument: str


def links(wanted: tuple[Link, ...], arguments: Mapping[str, str]) -> dict[str, str]:
    """What `url_for` gives for each of them, by its name."""
    templates = _templates(request.script_root, wanted)
    return {name: before + arguments[argument] + after for name, argument, before, after in templates}


@lru_cache(maxsize=16)
def _templates(script_root: str, wanted: tuple[Link, ...]) -> Sequence[tuple[str, str, str, str]]:
    """Of each the name, the argument, and the text around it. It depends on the base path alone."""
    found = []
    for name, endpoint, argument in wanted:
        values: dict[str, Any] = {argument: _ARGUMENT}
        before, _, after = url_for(endpoint, **values).rpartition(_ARGUMENT)
        found.append((name, argument, before, after))
    return found
