"""What is exported: a network with the weights of one snapshot, and the signature that belongs to them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from service.data.preprocessing.fitted import Fitted
from service.data.signatures.signature import Signature
from service.data.signatures.table_signature import TableSignature
from service.engine.arrays import Array
from service.engine.network import Network
from service.engine.nodes import Node, member_name
from service.schema.validation import SpecError, ValidationIssue


class NotExportable(SpecError):
    """A format cannot hold a part of the network. The issue names the part; its path is the argument `format`."""

    def __init__(self, message: str) -> None:
        super().__init__([ValidationIssue(("format",), message)])


class Member(NamedTuple):
    """One of an ensemble."""

    share: float  #: in the mean
    nodes: Sequence[Node]
    read: Sequence[int] | None  #: the network's inputs that it reads; None: all


@dataclass(frozen=True)
class Coverage:
    """What intervals, or sets of classes, are made with: `quantiles` of the scores of a `Calibration`."""

    level: float  #: the share of rows that they are to cover
    quantiles: tuple[float, ...]


@dataclass(frozen=True)
class Source:
    name: str
    snapshot: str
    signature: Signature
    values: Array  #: the flat weights
    temperature: float = 1.0  #: that the scores behind the outputs are divided by
    created_at: float = 0.0  #: when the snapshot was made
    coverage: Coverage | None = None  #: of the intervals, or sets, that the file is to give, if any

    @property
    def network(self) -> Network:
        return self.signature.network

    @property
    def fitted(self) -> Fitted | None:
        """The preprocessing of a table network; None for a network of plain numbers."""
        return self.signature.fitted if isinstance(self.signature, TableSignature) else None

    @property
    def inputs(self) -> tuple[str, ...]:
        """A name for each column of a row."""
        return tuple(self.signature.groups)

    def members(self) -> list[Member]:
        """The members of an ensemble that have a share in the mean."""
        shares = self.network.member_weights(self.values).tolist()
        return [self._member(index, share) for index, share in enumerate(shares) if share > 0]

    def _member(self, index: int, share: float) -> Member:
        name, network = f"{member_name(index)}.", self.network
        read = network.inputs_read[index]
        own = [node for node in network.nodes if node.name.startswith(name)]
        return Member(share, own, None if read is None else read.tolist())

    def tensors(self, node: Node) -> dict[str, Array]:
        """The weights of one layer as users see them."""
        return node.layer.public(node.inputs, node.values(self.values))
