"""What reading a file gives: its table, how it was read, and what was assumed."""

from __future__ import annotations

from typing import Any, NamedTuple

import pyarrow as pa


class Read(NamedTuple):
    table: pa.Table
    options: dict[str, Any]  #: how it was read
    warnings: tuple[str, ...] = ()
