"""The health of the layers of a stack's networks, measured for all of them at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from service.engine.arrays import Array
from service.engine.network import Network
from service.engine.training.health import Examiner, LayerHealth


class StackExaminer:
    """`activations` are those of each group of networks that takes its last step in one program."""

    def __init__(self, network: Network, groups: Sequence[slice], activations: Sequence[Sequence[tuple[str, Array]]]):
        self._groups = groups
        self._examiners = [Examiner(network, shown) for shown in activations]
        self._norms: dict[str, list[list[float]]] = {}

    def look(self, what: str, vectors: Array, networks: slice) -> None:
        """Note the norms of these networks' vectors: "gradient", or "update"."""
        found = self._examiners[0].norms_of_each(vectors[networks]).tolist()
        self._norms.setdefault(what, [[]] * len(vectors))[networks] = found

    def report(self, values: Array, wanted: Sequence[bool]) -> Mapping[int, tuple[LayerHealth, ...]]:
        """Of the wanted networks, after their last step."""
        return dict(self._reports(values, wanted))

    def _reports(self, values: Array, wanted: Sequence[bool]) -> Iterator[tuple[int, tuple[LayerHealth, ...]]]:
        weights = self._examiners[0].norms_of_each(values).tolist()
        gradients, updates = self._norms["gradient"], self._norms["update"]
        for group, examiner in zip(self._groups, self._examiners, strict=True):
            stuck = examiner.stuck()
            for position, index in enumerate(range(group.start, group.stop)):
                if wanted[index]:
                    own = [None if shares is None else shares[position] for shares in stuck]
                    yield index, examiner.verdicts(gradients[index], updates[index], weights[index], own)
