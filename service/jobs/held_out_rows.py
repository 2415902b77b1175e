"""The rows that a challenger is judged on, kept beside those that it is trained on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from service.data.frame import Frame
from service.data.row_keys import Bits, matrix_bits, row_keys
from service.data.signatures.encoders import Encoder
from service.data.splits import Indexes
from service.engine.rows import Rows
from service.jobs.division import NO_COLUMNS, TEST, TRAINING, VALIDATION


@dataclass(frozen=True)
class HeldOutRows:
    """The test rows, or else the validation rows: as the table has them, or as rows of numbers."""

    bits: Sequence[Bits]
    is_new: npt.NDArray[np.bool_]  #: whose content is not that of any training row
    columns: Frame = NO_COLUMNS
    numbers: Rows | None = None

    def __len__(self) -> int:
        return len(self.is_new)


def held_out_of_tables(
    tables: Mapping[str, Frame], parts: Mapping[str, Mapping[str, Indexes]], encoder: Encoder, names: Sequence[str]
) -> HeldOutRows:
    part = TEST if TEST in parts[TRAINING] else VALIDATION
    role = TRAINING if part in parts[TRAINING] else VALIDATION
    frame = tables[role].select(names).take(parts[role][part])
    bits = list(encoder.bits(frame))
    trained = parts[TRAINING][TRAINING]
    known = row_keys((one[trained] for one in encoder.bits(tables[TRAINING])), len(trained), seed=0)
    return HeldOutRows(bits, ~np.isin(row_keys(bits, len(frame), seed=0), known), columns=frame)


def held_out_of_numbers(training: Rows, held_out: Rows) -> HeldOutRows:
    bits = list(matrix_bits(held_out.inputs))
    known = row_keys(matrix_bits(training.inputs), len(training), seed=0)
    return HeldOutRows(bits, ~np.isin(row_keys(bits, len(held_out), seed=0), known), numbers=held_out)
