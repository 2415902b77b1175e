"""A run at an epoch's end as a checkpoint record: the engine's state, its best epoch, and what was fitted before it."""

from __future__ import annotations

import hashlib
import json

import numpy as np
from safetensors.numpy import load, save

from service.domain.records import Checkpoint, Epoch, Json
from service.engine.faults import DataError
from service.engine.state import TrainingState


def pack(
    state: TrainingState, best: Epoch | None, preprocessing: Json | None, *, job_id: str, token: int, epoch: int
) -> Checkpoint:
    # safetensors writes the memory as it lies, and scrambles an array that is not contiguous.
    arrays = save({name: np.ascontiguousarray(array) for name, array in state.to_arrays().items()})
    # As text: a generator's state is an integer of 128 bits, which not every reader of JSON keeps.
    meta = {
        "state": json.dumps(state.to_json()),
        "best": best._asdict() if best else None,
        "preprocessing": preprocessing,
        "values": _place("values", arrays),
    }
    return Checkpoint(
        job_id=job_id, token=token, epoch=epoch, meta=meta, arrays=arrays, sha256=hashlib.sha256(arrays).hexdigest()
    )


def _place(name: str, arrays: bytes) -> list[int]:
    """Where an array lies in safetensors: the length of the header, the header, and then the arrays, little-endian."""
    begin = 8 + int.from_bytes(arrays[:8], "little")
    first, behind = json.loads(arrays[8:begin])[name]["data_offsets"]
    return [begin + first, begin + behind]


def preprocessing_of(checkpoint: Checkpoint | None) -> Json | None:
    """What the run had fitted, whatever has become of its state."""
    return checkpoint.meta.get("preprocessing") if checkpoint else None


def unpack(checkpoint: Checkpoint | None) -> tuple[TrainingState | None, Epoch | None]:
    """Return the state to go on from and the best epoch so far; a state this engine cannot use counts as none."""
    if checkpoint is None:
        return None, None
    try:
        state = TrainingState.restore(json.loads(checkpoint.meta["state"]), load(checkpoint.arrays))
    except DataError:  # of another version of the engine: the run begins again, and repeats the same epochs
        return None, None
    best = checkpoint.meta["best"]
    return state, Epoch(**best) if best else None
