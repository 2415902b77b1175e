"""A run at an epoch's end as a checkpoint record: the engine's state, that epoch and its best one, and what was fitted
before it."""

from __future__ import annotations

import hashlib
import json
from typing import NamedTuple

from service.data.tensors import place_of, read_tensors, write_tensors
from service.domain.epochs import Epoch
from service.domain.runs import Checkpoint
from service.domain.types import Json
from service.engine.training.state import TrainingState
from service.schema.validation import DataError


class Resumed(NamedTuple):
    """Where a run goes on from; nothing where it begins."""

    state: TrainingState | None = None
    best: Epoch | None = None
    latest: Epoch | None = None
    course: Json | None = None  #: of its losses, thinned


def pack(
    state: TrainingState,
    best: Epoch | None,
    latest: Epoch | None,
    preprocessing: Json | None,
    course: Json | None = None,
    *,
    job_id: str,
    token: int,
    epoch: int,
) -> Checkpoint:
    arrays = write_tensors(state.to_arrays())
    # As text: a generator's state is an integer of 128 bits, which not every reader of JSON keeps.
    meta = {
        "state": json.dumps(state.to_json()),
        "best": best._asdict() if best else None,
        "latest": latest._asdict() if latest else None,
        "preprocessing": preprocessing,
        "course": course,
        "values": list(place_of("values", arrays)),
    }
    return Checkpoint(
        job_id=job_id, token=token, epoch=epoch, meta=meta, arrays=arrays, sha256=hashlib.sha256(arrays).hexdigest()
    )


def preprocessing_of(checkpoint: Checkpoint | None) -> Json | None:
    """What the run had fitted, whatever has become of its state."""
    return checkpoint.meta.get("preprocessing") if checkpoint else None


def unpack(checkpoint: Checkpoint | None) -> Resumed:
    """A state that this engine cannot use counts as none."""
    if checkpoint is None:
        return Resumed()
    try:
        state = TrainingState.restore(json.loads(checkpoint.meta["state"]), read_tensors(checkpoint.arrays))
    except DataError:  # of another version of the engine: the run begins again, and repeats the same epochs
        return Resumed()
    # One of before the latest epoch was kept has none.
    best, latest = (Epoch(**told) if told else None for told in map(checkpoint.meta.get, ("best", "latest")))
    return Resumed(state, best, latest, checkpoint.meta.get("course"))
