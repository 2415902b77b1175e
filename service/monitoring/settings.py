"""What a network's log of answers keeps, and when a drift is reported."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from service.schema.fields import Nested, Spec, field
from service.schema.rules import Integer, Number, Text
from service.schema.validation import ValidationIssue

MAX_ROWS = 1_000_000
#: Rows that one look for drift reads, at most: the newest.
MAX_COMPARED = 20_000
MAX_SECONDS = 10 * 366 * 86_400


@dataclass(frozen=True, kw_only=True)
class DriftWatch(Spec):
    """Looks for drift at regular intervals, and warns of it."""

    every: int = field(Integer(minimum=1, maximum=MAX_SECONDS), default=3600, help="seconds between two looks")
    rows: int = field(Integer(minimum=10, maximum=MAX_COMPARED), default=2000, help="newest rows that a look compares")
    window: int | None = field(
        Integer(minimum=1, maximum=MAX_SECONDS), default=None, help="seconds; a look leaves out older rows. null: none"
    )
    callback: str | None = field(
        Text(2000), default=None, help="a URL that receives a POST with each warning, see docs/callbacks.md"
    )


@dataclass(frozen=True, kw_only=True)
class DriftWatchRequest(DriftWatch):
    """Looks for drift at regular intervals, and warns of it."""

    callback_secret: str | None = field(
        Text(200),
        default=None,
        help="signs the callback; never shown. Without it that of the same URL stays, otherwise the service signs",
    )


@dataclass(frozen=True, kw_only=True)
class AnswerLogSpec(Spec):
    share: float = field(Number(above=0, maximum=1), default=1.0, help="share of the requests whose answers are kept")
    max_rows: int = field(
        Integer(minimum=1, maximum=MAX_ROWS), default=100_000, help="rows kept; older ones are deleted"
    )
    psi: float = field(
        Number(above=0, maximum=100), default=0.2, help="population stability index above which a column has drifted"
    )
    ks: float | None = field(
        Number(above=0, maximum=1),
        default=None,
        help="statistic of Kolmogorov and Smirnov above which numbers or times have drifted, too; null: not judged",
    )
    min_rows: int = field(
        Integer(minimum=10, maximum=MAX_ROWS), default=200, help="rows below which drift is not judged"
    )
    watch: DriftWatch | None = field(
        Nested(DriftWatch), default=None, help="warns of drift, see docs/monitoring.md; null: nobody looks"
    )

    def cross_check(self) -> Iterator[ValidationIssue]:
        if self.watch is None:
            return
        if self.watch.rows < self.min_rows:
            message = f"must be at least min_rows, {self.min_rows}, or a look never judges; got {self.watch.rows}"
            yield ValidationIssue(("watch", "rows"), message)
        if self.max_rows < self.min_rows:
            message = f"must be at least min_rows, {self.min_rows}, or a look never judges; got {self.max_rows}"
            yield ValidationIssue(("max_rows",), message)


@dataclass(frozen=True, kw_only=True)
class AnswerLogRequest(AnswerLogSpec):
    watch: DriftWatchRequest | None = field(
        Nested(DriftWatchRequest), default=None, help="warns of drift, see docs/monitoring.md; null: nobody looks"
    )
