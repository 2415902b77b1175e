"""Words that records, answers and clients tell cases apart by."""

from __future__ import annotations

#: `JobError.code`.
JOB_ERROR_CODES = ("diverged", "crashed", "timeout", "out_of_memory", "bad_data", "quota_exceeded", "internal")
#: `SearchError.code`.
SEARCH_ERROR_CODES = ("failures", "no_trial", "forbidden")
#: `Event.kind`, in the order of a job's life.
EVENT_KINDS = (
    "submitted",
    "started",
    "prepared",
    "progress",
    "findings",
    "pausing",
    "paused",
    "resumed",
    "options_changed",
    "pace_changed",
    "cancelling",
    "recovered",
    "snapshot",
    "snapshots_skipped",
    "averaged",
    "promotion",
    "ended",
    "callback",
    "report",
)
