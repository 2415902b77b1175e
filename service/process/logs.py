"""Log lines on standard error: for people, or as one JSON object each."""

from __future__ import annotations

import json
import logging
import os
from datetime import datetime

#: Read here, by every process for itself, since a log is written before the configuration is read.
VARIABLE = "FEEDFORWARD_LOG_FORMAT"
#: What a line may say beside its message, by `extra`.
FIELDS = (
    "request_id",
    "trace_id",
    "job_id",
    "method",
    "path",
    "route",
    "status",
    "seconds",
    "client",
    "code",
    "epoch",
)


class JsonFormatter(logging.Formatter):
    """Time with its zone, level, process role, message, and the fields of the line that it has."""

    def __init__(self, role: str) -> None:
        super().__init__()
        self._role = role

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created).astimezone().isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "role": self._role,
            "message": record.getMessage(),
        }
        line |= {name: getattr(record, name) for name in FIELDS if getattr(record, name, None) is not None}
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=str)


def configure(role: str) -> None:
    """Start every line with the time and the kind of process that logs it."""
    handler = logging.StreamHandler()
    if os.environ.get(VARIABLE) == "json":
        handler.setFormatter(JsonFormatter(role))
    else:
        text = f"%(asctime)s {role} %(levelname)s: %(message)s"
        handler.setFormatter(logging.Formatter(text, datefmt="%Y-%m-%d %H:%M:%S"))
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    for chatty in ("alembic", "huey", "celery"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
