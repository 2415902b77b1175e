"""Seeds of the members of an ensemble, from that of the whole."""

from __future__ import annotations

import numpy as np


def member_seed(seed: int, index: int) -> int:
    """The first member has the seed itself, as a network without others would."""
    if index == 0:
        return seed
    drawn = np.random.SeedSequence([seed, index]).generate_state(1, np.uint64)[0]
    return int(drawn >> np.uint64(1))  # a seed is below 2⁶³
