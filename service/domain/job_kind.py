"""What a job does."""

from __future__ import annotations

from enum import StrEnum


class JobKind(StrEnum):
    TRAINING = "training"  #: trains a network: has epochs, and ends in snapshots
    PREDICTION = "prediction"  #: predicts the rows of a data set, and ends in another data set
