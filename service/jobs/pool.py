"""The rows that a training holds out, and what its weights say of them: of an ensemble, only the members that have not
been trained on a row."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from service.data.splits import Indexes
from service.engine.arrays import Array
from service.engine.inference import scores
from service.engine.network import Network
from service.engine.pooled import held_out_scores
from service.engine.rows import Rows

Values = npt.NDArray[Any]
#: (members, rows)
Holds = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Pool:
    """`holds` says which member has held which row out; None if there are no members, or all have held out all rows."""

    network: Network
    rows: Rows
    holds: Holds | None = None

    def __len__(self) -> int:
        return len(self.rows)

    def take(self, indexes: Indexes) -> Pool:
        holds = None if self.holds is None else self.holds[:, indexes]
        return replace(self, rows=self.rows.take(indexes), holds=holds)

    def known_to(self, values: Values) -> Pool:
        """The rows that a member with a weight has held out."""
        if self.holds is None:
            return self
        known = self.holds[self.network.member_weights(values) > 0].any(axis=0)
        return self if known.all() else self.take(np.flatnonzero(known))

    def scores(self, values: Values) -> Array:
        """(outputs, rows); of rows that are known to these weights."""
        if self.holds is None:
            return scores(self.network, values, self.rows.inputs)
        return held_out_scores(self.network, values, self.rows.inputs, self.holds)
