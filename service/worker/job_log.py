"""Log lines about one job: each carries its id, and the trace of the request that submitted it."""

from __future__ import annotations

import logging

from service.domain.jobs import Job
from service.domain.traces import trace_id


def job_logger(logger: logging.Logger, job: Job) -> logging.LoggerAdapter[logging.Logger]:
    return JobLogger(logger, {"job_id": job.id, "trace_id": trace_id(job.traceparent)})


class JobLogger(logging.LoggerAdapter[logging.Logger]):
    """Adds its fields to those of a line; the base class would replace them."""

    def process(self, msg, kwargs):  # type: ignore[no-untyped-def]  # the signature is long, and logging's own
        kwargs["extra"] = {**(self.extra or {}), **kwargs.get("extra", {})}
        return msg, kwargs
