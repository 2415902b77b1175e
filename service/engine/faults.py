"""What is wrong with a spec or with data, and where."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

Path = tuple[str | int, ...]


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong: the place, and what would be right there."""

    path: Path
    message: str

    @property
    def place(self) -> str:
        """The path as a reader writes it: ``layers[1].units``."""
        text = ""
        for part in self.path:
            text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
        return text

    def under(self, *prefix: str | int) -> Fault:
        return Fault((*prefix, *self.path), self.message)

    def __str__(self) -> str:
        return f"{self.place}: {self.message}" if self.path else self.message


class EngineError(ValueError):
    """Something the engine was given is not usable; ``faults`` lists everything found, not only the first."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(str(fault) for fault in self.faults))


class SpecError(EngineError):
    """A network or training spec asks for something that cannot be built."""


class DataError(EngineError):
    """Rows do not fit the network they were given to."""
