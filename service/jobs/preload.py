"""What a worker's fork server imports before the first job, so that each job starts with all of it in place.

To be imported there alone: it fixes the threads of the linear algebra, and ties the process to the one that started it.
"""

from __future__ import annotations

import gc
import importlib
import os
import signal

from service.jobs.parent_death_signal import die_with_parent

# A job's own threads share out its batches, and the library's would only get in their way. It reads these when loaded.
os.environ.update(OPENBLAS_NUM_THREADS="1", OMP_NUM_THREADS="1", MKL_NUM_THREADS="1")
# What Arrow's own allocator reserves beforehand would count as taken, see `service.jobs.memory`.
os.environ["ARROW_DEFAULT_MEMORY_POOL"] = "system"
# A signal meant for the whole group reaches the worker, which ends its children in order; they need this server for it.
signal.signal(signal.SIGTERM, signal.SIG_IGN)
die_with_parent()
# What a job would otherwise load by itself: Arrow where it reads a table, and NumPy's generators.
for module in ("service.jobs.job_run", "service.data.tables.chunks", "numpy.random", "service.jobs.child_main"):
    importlib.import_module(module)
# Loaded and tested once, for every job.
choice = importlib.import_module("service.engine.executors.choice")
choice.choose(os.environ.get("FEEDFORWARD_EXECUTOR") or "auto")
choice.prepare()
# A job's own garbage is looked for among what it makes, not among all that it starts with.
gc.collect()
gc.freeze()
