"""What a network's log of answers keeps, and when a drift is reported."""

from __future__ import annotations

from dataclasses import dataclass

from service.schema.fields import Spec, field
from service.schema.rules import Integer, Number

MAX_ROWS = 1_000_000


@dataclass(frozen=True, kw_only=True)
class AnswerLogSpec(Spec):
    share: float = field(Number(above=0, maximum=1), default=1.0, help="share of the requests whose answers are kept")
    max_rows: int = field(
        Integer(minimum=1, maximum=MAX_ROWS), default=100_000, help="rows kept; older ones are deleted"
    )
    psi: float = field(
        Number(above=0, maximum=100), default=0.2, help="population stability index above which a column has drifted"
    )
    min_rows: int = field(
        Integer(minimum=10, maximum=MAX_ROWS), default=200, help="rows below which drift is not judged"
    )
