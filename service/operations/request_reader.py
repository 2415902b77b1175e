"""Read a request part by part, and reject it once, with the issues of all its parts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from service.errors import FieldError, Invalid
from service.operations.validation import invalid_fields


class RequestReader:
    """Call `finish` before you use any value: a rejected part is None."""

    def __init__(self) -> None:
        self._issues: list[FieldError] = []

    def read(self, path: tuple[str | int, ...], action: Callable[[], Any]) -> Any:
        """What `action` returns; where it raises, its issues are collected below `path`."""
        try:
            with invalid_fields():
                return action()
        except Invalid as error:
            self._issues += [FieldError((*path, *issue.path), issue.message) for issue in error.fields]
            return None

    def read_field(self, body: Mapping[str, Any], name: str, read: Callable[[Any], Any]) -> Any:
        """What `read` makes of one field; None where the field is absent or null."""
        value = body.get(name)
        return None if value is None else self.read((name,), lambda: read(value))

    def reject(self, name: str, message: str) -> None:
        self._issues.append(FieldError((name,), message))

    def finish(self) -> None:
        """Raises Invalid where an issue was found."""
        if self._issues:
            raise Invalid(fields=self._issues)
