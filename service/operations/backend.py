"""What every operation works with, handed in by the composition roots."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from service.access.guarded_storage import guarded
from service.domain.access import ANYBODY, Caller
from service.operations.cache import Cache
from service.operations.limits import Limits
from service.operations.monitoring.answer_log import AnswerLog
from service.queues.dispatcher import Dispatcher
from service.storage.base import Storage
from service.storage.quota import Quota


@dataclass(frozen=True)
class Backend:
    storage: Storage
    dispatcher: Dispatcher
    limits: Limits = field(default_factory=Limits)
    scratch: Path = Path(tempfile.gettempdir(), "feedforward")  #: where files are while they are read
    caller: Caller = ANYBODY  #: who makes the request; what they may not see, the storage has not
    cache: Cache = field(init=False)
    quotas: Mapping[str, Quota] = field(init=False)  #: by kind
    answer_log: AnswerLog = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "cache", Cache(self.limits.max_cache_bytes))
        limits = {
            "snapshots": self.limits.max_snapshot_bytes,
            "datasets": self.limits.max_dataset_bytes,
            "job_data": self.limits.max_job_data_bytes,
            "answers": self.limits.max_answer_bytes,
        }
        quotas = {kind: Quota(self.storage, kind, limit) for kind, limit in limits.items()}
        object.__setattr__(self, "quotas", quotas)
        object.__setattr__(self, "answer_log", AnswerLog(self.storage, quotas["answers"]))

    def for_caller(self, caller: Caller) -> Backend:
        """The same with the rights of a caller."""
        if caller is self.caller:
            return self
        other = object.__new__(Backend)  # `copy.copy` and `replace` would take a tenth of what a prediction takes.
        vars(other).update(vars(self), storage=guarded(self.storage, caller), caller=caller)
        return other
