"""Which weights of a run are kept. A worker reads this too, so nothing here loads the engine."""

from __future__ import annotations

from dataclasses import dataclass

from service.schema.fields import Spec, field
from service.schema.rules import Flag, Integer, OrNull


@dataclass(frozen=True)
class SnapshotPolicy(Spec):
    """Which weights of a run to keep."""

    best: bool = field(Flag(), default=True, help="keep the weights of the best epoch so far")
    last: bool = field(Flag(), default=True, help="keep the weights the run ends with")
    every: int | None = field(Integer(minimum=1), default=None, help="also keep the weights of every n-th epoch")
    keep: int | None = field(
        OrNull(Integer(minimum=1)),
        default=200,
        help="most snapshots of every n-th epoch to keep, spread evenly over the epochs; null keeps all",
    )

    def stride(self, epoch: int) -> int:
        """Once a run has come to `epoch`, it keeps the periodic snapshots of the epochs that are multiples of this.

        It doubles whenever there would be too many, so that half of them go, and what is left stays evenly spread.
        """
        stride = self.every or 1
        while self.keep is not None and epoch // stride > self.keep:
            stride *= 2
        return stride
