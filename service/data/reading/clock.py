"""Times of day, `13:45` or `18.00.00`, in hours."""

from __future__ import annotations

import re

_TEXT = re.compile(
    r"(?P<hours>[01]?[0-9]|2[0-4])"
    r"(?::(?P<minutes>[0-5][0-9])(?::(?P<seconds>[0-5][0-9](?:[.,][0-9]+)?))?"
    r"|\.(?P<dotted>[0-5][0-9])\.(?P<last>[0-5][0-9]))"
    r"\s*(?P<half>[AaPp]\.?[Mm]\.?)?"
)


def read_clock(text: str) -> float | None:
    """Hours since midnight; None for what is no time of day."""
    found = _TEXT.fullmatch(text.strip())
    if found is None:
        return None
    hours, minutes = int(found["hours"]), int(found["minutes"] or found["dotted"])
    seconds = float((found["seconds"] or found["last"] or "0").replace(",", "."))
    if found["half"]:
        if not 1 <= hours <= 12:
            return None
        hours = hours % 12 + 12 * (found["half"][0] in "pP")
    return hours + minutes / 60 + seconds / 3600
