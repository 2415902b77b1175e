"""Validation errors: what is wrong with a spec or with data, and where."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

Path = tuple[str | int, ...]


@dataclass(frozen=True)
class ValidationIssue:
    """One invalid value: its path, and what would be right there."""

    path: Path
    message: str

    @property
    def location(self) -> str:
        """The path as people write it: ``layers[1].units``."""
        text = ""
        for part in self.path:
            text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
        return text

    def under(self, *prefix: str | int) -> ValidationIssue:
        return ValidationIssue((*prefix, *self.path), self.message)

    def __str__(self) -> str:
        return f"{self.location}: {self.message}" if self.path else self.message


class ValidationError(ValueError):
    """The engine's input is not usable; ``issues`` lists everything found, not only the first."""

    def __init__(self, issues: Iterable[ValidationIssue]) -> None:
        self.issues = tuple(issues)
        super().__init__("; ".join(str(issue) for issue in self.issues))


class SpecError(ValidationError):
    """A network or training spec asks for something that cannot be built."""


class DataError(ValidationError):
    """Rows do not fit the network."""
