"""The names of a table's columns."""

from __future__ import annotations

from collections.abc import Sequence

from service.data.tables.refusal import Refusal, TableFault

MAX_NAME = 1000


def check_header(names: Sequence[str], *, line: int | None = None) -> None:
    """Raises Refusal: every column needs a name of its own."""
    faults = []
    places: dict[str, int] = {}
    for place, name in enumerate(names, start=1):
        first = places.setdefault(name, place)
        if not name.strip():
            faults.append(TableFault(f"column {place} has no name", line=line))
        elif first < place:
            faults.append(TableFault(f"column {place} is called like column {first}", line=line, text=name))
        elif len(name) > MAX_NAME or "\0" in name:
            faults.append(TableFault(f"column {place} has a name of more than {MAX_NAME} characters, or NUL in it"))
    if not names:
        faults.append(TableFault("has no columns"))
    if faults:
        raise Refusal(faults[:20])
