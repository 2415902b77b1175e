"""What is wrong with a model file, under the name of the form field that brought it."""

from __future__ import annotations

from service.schema.validation import DataError, ValidationIssue


def rejected(message: str, field: str = "model") -> DataError:
    return DataError([ValidationIssue((field,), message)])
