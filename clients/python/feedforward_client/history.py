"""The loss of every epoch as columns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from feedforward_client.drawing import draw_curves

COLUMNS = ("loss", "val_loss", "learning_rate", "gradient_norm", "seconds")
Column = np.ndarray[Any, np.dtype[np.float64]]


class History(Mapping[str, Column]):
    """Columns by name: epoch, loss, val_loss, learning_rate, gradient_norm, seconds and the metrics. NaN: no number."""

    def __init__(self, epochs: Iterable[Mapping[str, Any]]) -> None:
        rows = list(epochs)
        self.epochs = np.array([row["epoch"] for row in rows], dtype=np.int64)
        self._columns = {"epoch": self.epochs.astype(np.float64)}
        for name in COLUMNS:
            self._add(name, [row.get(name) for row in rows])
        for name in dict.fromkeys(name for row in rows for name in row.get("metrics") or ()):
            self._add(name, [(row.get("metrics") or {}).get(name) for row in rows])

    def _add(self, name: str, values: Sequence[float | None]) -> None:
        if any(value is not None for value in values):
            self._columns[name] = np.array(values, dtype=np.float64)

    def __getitem__(self, name: str) -> Column:
        return self._columns[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._columns)

    def __len__(self) -> int:
        return len(self._columns)

    def __repr__(self) -> str:
        return f"History({len(self.epochs)} epochs: {', '.join(self)})"

    @property
    def losses(self) -> dict[str, Column]:
        """The curves that belong into one picture."""
        return {name: self[name] for name in ("loss", "val_loss") if name in self}

    def to_pandas(self) -> Any:
        """A DataFrame with the epoch as its index. Needs pandas."""
        import pandas as pd

        columns = {name: values for name, values in self.items() if name != "epoch"}
        return pd.DataFrame(columns, index=pd.Index(self.epochs, name="epoch"))

    def plot(self, *columns: str, ax: Any = None, log: bool = False) -> Any:
        """Draw columns, by default the losses, against epochs; return matplotlib's axes. Needs matplotlib."""
        if ax is None:
            import matplotlib.pyplot as plt

            ax = plt.subplots()[1]
        for name in columns or self.losses:
            ax.plot(self.epochs, self[name], label=name, linestyle="--" if name.startswith("val_") else "-")
        ax.set_xlabel("epoch")
        if log:
            ax.set_yscale("log")
        ax.legend()
        return ax

    def _repr_html_(self) -> str:
        return draw_curves(self.losses)
