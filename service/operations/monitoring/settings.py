"""The settings of a network's log of answers, as a request gives them."""

from __future__ import annotations

from typing import Any

from service.domain.records import Json
from service.monitoring.settings import AnswerLogSpec


def read_answer_log(value: Any) -> Json:
    """With all defaults. Raises ValidationError."""
    return AnswerLogSpec.from_json(value).to_json()
