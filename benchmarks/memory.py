"""How much memory training takes beyond the caller's own rows, measured in this fresh process (Linux only).

python -m benchmarks.memory SETTING OPTIMIZER
"""

from __future__ import annotations

import ctypes
import json
import sys

import numpy as np

from benchmarks.engines.ours import network_spec, training_spec
from benchmarks.proc import forget_peak, memory_of_own
from benchmarks.settings import SETTINGS
from service.engine.network import Network
from service.engine.rows import Rows
from service.engine.training.trainer import Trainer


def main() -> None:
    setting, optimizer = SETTINGS[sys.argv[1]], sys.argv[2]
    network, (x, y) = Network(network_spec(setting)), setting.data()
    # BLAS takes its work space at the first product, and it is not the training's; what was freed is given back, or
    # training would seem to need nothing.
    np.dot(x[:256], np.ones((x.shape[1], 256), np.float32))
    ctypes.CDLL(None).malloc_trim(0)
    forget_peak()
    before = memory_of_own("VmRSS")
    reports = Trainer(network, training_spec(setting, optimizer, 1), Rows.of(network, x, y)).epochs()
    next(reports)
    next(reports)
    print(json.dumps({"bytes": memory_of_own("VmHWM") - before}))


if __name__ == "__main__":
    main()
