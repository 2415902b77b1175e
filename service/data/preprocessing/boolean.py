"""Boolean columns."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from service.data.frame import Column
from service.data.preprocessing.column import Floats, InputColumn, Learnt, Values, written_as
from service.data.preprocessing.imputers import BOOLEAN_IMPUTERS, ConstantFlag, Imputer, MostFrequent, NoImputation
from service.data.reading.read_as import ReadAs
from service.schema.fields import Choice, Spec, field
from service.schema.rules import Flag, Number


@dataclass(frozen=True, kw_only=True)
class BooleanState(Spec):
    fill: float = field(Number(minimum=0, maximum=1), default=0.0)


@dataclass(frozen=True, kw_only=True)
class BooleanColumn(InputColumn):
    """True and false as 1 and 0."""

    name = "boolean"
    kind = "boolean"
    state = BooleanState

    impute: Spec = field(
        Choice(BOOLEAN_IMPUTERS),
        default=MostFrequent(),
        help="value for missing cells",
    )
    indicator: bool = field(
        Flag(), default=False, help="an additional input that is 1 if the cell is missing, otherwise 0"
    )
    required: bool = field(
        Flag(), default=False, help="whether every row must name the column, even if its cell is missing"
    )
    read_as: ReadAs | None = written_as()

    @property
    def is_required(self) -> bool:
        return isinstance(self.impute, NoImputation)

    @property
    def encoded(self) -> tuple[str, ...]:
        return ("", "missing") if self.indicator else ("",)

    def neutral(self) -> BooleanState:
        return BooleanState(fill=float(self.impute.value) if isinstance(self.impute, ConstantFlag) else 0.0)

    def fit(self, column: Column) -> Learnt:
        present = column.values[~column.missing]
        if not present.size:
            return Learnt(self.neutral(), ("has no value in any training row",))
        constant = present.min() == present.max()
        warnings = ("has the same value in every training row, and carries no information",) if constant else ()
        fill = self.impute.fit(present) if isinstance(self.impute, Imputer) else self.neutral().fill
        return Learnt(BooleanState(fill=fill), warnings)

    def write(self, state: BooleanState, cells: Values, out: Floats) -> None:
        missing = np.isnan(cells)
        np.copyto(out[0], cells)
        out[0][missing] = state.fill
        if self.indicator:
            out[1] = missing

    def shown_fill(self, state: BooleanState) -> bool | float:
        return bool(state.fill) if state.fill in (0, 1) else state.fill
