"""Which rows each member of an ensemble trains on, and which it validates with: a draw of its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from service.data.row_keys import matrix_bits
from service.data.signatures.signature import Signature
from service.data.splits import Indexes, turns_of
from service.engine.network import Network
from service.engine.rows import Rows
from service.engine.training.ensemble import MemberRows
from service.jobs.division import TRAINING, VALIDATION, Division, divide
from service.jobs.pool import Pool

#: The parts of the rows for a turn.
PartsOf = Callable[[int], Mapping[str, Indexes]]


@dataclass(frozen=True)
class Draws:
    """`rows` are the places in a table of all rows that are trained on or validate; `training` and `validation` are
    places among those, by member."""

    rows: Indexes
    training: Sequence[Indexes]
    validation: Sequence[Indexes]

    @classmethod
    def of(cls, parts_of: PartsOf, turns: Sequence[int], first: Mapping[str, Indexes] | None = None) -> Draws:
        """By member its turn: those of different recipes take the same ones, and so are compared on the same rows.
        `first` are the parts for the first turn, where they are known."""
        parts = [parts_of(turn) if turn or first is None else first for turn in range(max(turns) + 1)]
        rows = np.sort(np.concatenate([parts[0][TRAINING], parts[0][VALIDATION]]))
        training, validation = (
            [np.searchsorted(rows, parts[turn][part]) for turn in turns] for part in (TRAINING, VALIDATION)
        )
        return cls(rows, training, validation)

    def members(self, network: Network, weighted: Rows, plain: Rows) -> tuple[MemberRows, ...]:
        """Rows to train on, with the weights of classes, and to validate with, without."""
        each = zip(network.inputs_read, self.training, self.validation, strict=True)
        return tuple(
            MemberRows(weighted.take(training).reading(read), plain.take(validation).reading(read))
            for read, training, validation in each
        )

    def pool(self, network: Network, plain: Rows) -> Pool:
        holds = np.zeros((len(self.validation), len(plain)), np.bool_)
        for member, validation in enumerate(self.validation):
            holds[member, validation] = True
        held = np.flatnonzero(holds.any(axis=0))
        return Pool(network, plain.take(held), holds[:, held])


def are_drawn(network: Network, division: Division | None) -> bool:
    """Whether each member has validation rows of its own: the latest rows are the latest for all."""
    return bool(network.members) and division is not None and division.validation is not None and not division.way.time


def draws_of_numbers(rows: Rows, signature: Signature, division: Division, turns: Sequence[int]) -> Draws:
    """By member its turn, of rows of numbers without those for a test, which have been put aside when they were
    sent."""
    share = division.validation
    assert share is not None
    fraction = share.fraction if division.test is None else share.fraction / (1 - division.test.fraction)
    share = replace(share, fraction=min(fraction, 1 - 1e-9))
    # The keys of the first round have decided about the test already, and are no longer spread evenly.
    first = 0 if division.test is None else turns_of(share.fraction)
    return Draws.of(
        lambda turn: (
            divide(
                len(rows),
                replace(division, validation=share, test=None),
                classes=lambda: signature.form.classes_of(rows.targets),
                bits=lambda: matrix_bits(rows.inputs),
                turn=first + turn,
            ).parts
        ),
        turns,
    )


class Members(NamedTuple):
    """What each member trains on, and all that they have held out; nothing for a network that is no ensemble."""

    rows: Sequence[MemberRows] = ()
    pool: Pool | None = None


def members_of(
    network: Network | None, training: Rows, plain: Rows, validation: Rows | None, draws: Draws | None
) -> Members:
    """`plain` are the training rows without weights of classes; `draws`, if each member has validation rows of its own,
    are places among them."""
    if network is None or not network.members:
        return Members()
    if draws is not None:
        return Members(draws.members(network, training, plain), draws.pool(network, plain))
    pool = None if validation is None else Pool(network, validation)
    return Members(shared_rows(network, training, validation), pool)


def shared_rows(network: Network, training: Rows, validation: Rows | None) -> list[MemberRows]:
    """The same rows for all members; those of one recipe share them in memory."""
    rows: list[MemberRows] = []
    for members in network.recipes:
        read = network.inputs_read[members[0]]
        own = MemberRows(training.reading(read), None if validation is None else validation.reading(read))
        rows += [own] * len(members)
    return rows
