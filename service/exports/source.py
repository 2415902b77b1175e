"""What is exported: a network with the weights of one snapshot, and the signature that belongs to them."""

from __future__ import annotations

from dataclasses import dataclass

from service.data.preprocessing.fitted import Fitted
from service.data.signatures.signature import Signature
from service.data.signatures.table_signature import TableSignature
from service.engine.arrays import Array
from service.engine.network import Network, Node
from service.schema.validation import SpecError, ValidationIssue


class NotExportable(SpecError):
    """A format cannot hold a part of the network. The issue names the part; its path is the argument `format`."""

    def __init__(self, message: str) -> None:
        super().__init__([ValidationIssue(("format",), message)])


@dataclass(frozen=True)
class Source:
    name: str
    snapshot: str
    signature: Signature
    values: Array  #: the flat weights
    temperature: float = 1.0  #: that the scores behind the outputs are divided by

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

    def tensors(self, node: Node) -> dict[str, Array]:
        """The weights of one layer as users see them."""
        return node.layer.public(node.inputs, node.values(self.values))
