"""What reading a file gives: its table, how it was read, and what was assumed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pyarrow as pa


@dataclass(frozen=True)
class Read:
    table: pa.Table
    options: dict[str, Any]  #: how it was read
    warnings: tuple[str, ...] = ()
    index: tuple[str, ...] = ()  #: columns that the file itself calls row numbers
