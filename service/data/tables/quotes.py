"""Whether every quote of a CSV file is closed where a cell ends (RFC 4180, section 2, rules 5 to 7).

A quote that is not takes the lines below it into its cell, and readers do not mind.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

PIECE_BYTES = 2**22
QUOTE = ord('"')
BREAK = ord("\n")


def are_quotes_paired(path: Path, delimiter: str) -> bool:
    """Of the quotes in order, each first one begins a cell and each second one ends it, or is followed by another.

    False where that does not hold: for an open quote, and for a harmless one within a cell without quotes as well.
    """
    beside = np.zeros(256, bool)
    beside[[QUOTE, ord(delimiter), ord("\r"), BREAK]] = True
    before, is_open = BREAK, False
    with path.open("rb") as file:
        if file.read(3) != b"\xef\xbb\xbf":
            file.seek(0)
        while piece := file.read(PIECE_BYTES):
            # The byte before the piece and the byte after it, so that each quote has both its neighbours.
            after = file.read(1)
            file.seek(-len(after), 1)
            bytes_ = np.frombuffer(bytes([before]) + piece + (after or b"\n"), np.uint8)
            places = np.flatnonzero(bytes_[1:-1] == QUOTE) + 1
            first, second = places[int(is_open) :: 2], places[1 - int(is_open) :: 2]
            if not beside[bytes_[first - 1]].all() or not beside[bytes_[second + 1]].all():
                return False
            is_open ^= len(places) % 2 == 1
            before = piece[-1]
    return not is_open
