"""How the runs of a lockstep take their epochs: one after the other, or as a stack, to the same bytes."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Hashable, Iterator, Mapping, Sequence

from service.engine.training.report import EpochReport
from service.engine.training.stackable import Training, stack_key
from service.engine.training.stacked import StackedTrainer, gives_same_bytes
from service.engine.training.stacked_network import StackedNetwork
from service.engine.training.trainer import Trainer

Fit = Trainer | StackedNetwork


class SideBySide(ABC):
    fits: Sequence[Fit]

    @abstractmethod
    def step(self, indexes: Collection[int]) -> Mapping[int, EpochReport]:
        """One epoch of these runs, which are all that still train; without the reports of those that have diverged in
        it, or were interrupted."""

    @abstractmethod
    def rest(self, indexes: Collection[int]) -> None:
        """These runs train no more. Call before the first epoch."""

    @abstractmethod
    def finish(self, indexes: Collection[int]) -> None:
        """Give these runs, which have ended, the weights that their specs ask for."""

    @abstractmethod
    def close(self) -> None:
        """End what works for these runs."""


class InTurn(SideBySide):
    def __init__(self, trainers: Sequence[Trainer]) -> None:
        self.fits = self._trainers = tuple(trainers)
        self._runs = [trainer.groups(lambda: 1) for trainer in trainers]

    def step(self, indexes: Collection[int]) -> Mapping[int, EpochReport]:
        reports = {}
        for index in sorted(indexes):
            found = next(self._runs[index], None)
            if found:
                reports[index] = found[0]
            elif _is_interrupted(self.fits[index]):
                break
        return reports

    def rest(self, indexes: Collection[int]) -> None:
        for index in indexes:
            self._runs[index].close()

    def finish(self, indexes: Collection[int]) -> None:
        for index in indexes:
            self._trainers[index].finish()

    def close(self) -> None:
        for run in self._runs:
            run.close()


class Stacked(SideBySide):
    def __init__(self, trainer: StackedTrainer) -> None:
        self._trainer = trainer
        self.fits = trainer.networks
        self._epochs = trainer.epochs()

    def step(self, indexes: Collection[int]) -> Mapping[int, EpochReport]:
        return next(self._epochs, {})

    def rest(self, indexes: Collection[int]) -> None:
        self._trainer.rest([index for index in indexes if not self._trainer.networks[index].has_left])

    def finish(self, indexes: Collection[int]) -> None:
        next(self._epochs, None)  # which lets the last ones go
        for index in indexes:
            self._trainer.networks[index].finish()

    def close(self) -> None:
        self._epochs.close()


class Grouped(SideBySide):
    """Runs of several kinds; `groups` are the places of each kind's, and how they take their epochs."""

    def __init__(self, groups: Sequence[tuple[Sequence[int], SideBySide]]) -> None:
        self._groups = groups
        fits = {place: fit for places, runs in groups for place, fit in zip(places, runs.fits, strict=True)}
        self.fits = [fits[place] for place in sorted(fits)]

    def step(self, indexes: Collection[int]) -> Mapping[int, EpochReport]:
        reports: dict[int, EpochReport] = {}
        for places, runs, own in self._shares(indexes):
            reports |= {places[index]: report for index, report in runs.step(own).items()}
            if any(_is_interrupted(runs.fits[index]) for index in own):
                break
        return dict(sorted(reports.items()))

    def rest(self, indexes: Collection[int]) -> None:
        for _, runs, own in self._shares(indexes):
            runs.rest(own)

    def finish(self, indexes: Collection[int]) -> None:
        for _, runs, own in self._shares(indexes):
            runs.finish(own)

    def close(self) -> None:
        for _, runs in self._groups:
            runs.close()

    def _shares(self, indexes: Collection[int]) -> Iterator[tuple[Sequence[int], SideBySide, list[int]]]:
        """Each group's share of the indexes, by their places in the group."""
        for places, runs in self._groups:
            own = [index for index, place in enumerate(places) if place in indexes]
            if own:
                yield places, runs, own


def _is_interrupted(fit: Fit) -> bool:
    return fit.outcome is not None and fit.outcome.reason == "interrupted"


def side_by_side(trainings: Sequence[Training], interrupt: Callable[[], bool] | None, threads: int) -> SideBySide:
    """Those of one kind as a stack in so many threads, where that gives the same bytes. Raises as `Trainer`."""
    kinds: dict[Hashable, list[int]] = {}
    for place, training in enumerate(trainings):
        kinds.setdefault(stack_key(training), []).append(place)
    groups = [
        (places, _of_one_kind([trainings[place] for place in places], interrupt, threads)) for places in kinds.values()
    ]
    return groups[0][1] if len(groups) == 1 else Grouped(groups)


def _of_one_kind(trainings: Sequence[Training], interrupt: Callable[[], bool] | None, threads: int) -> SideBySide:
    if len(trainings) > 1 and trainings[0].spec.threads == 1 and gives_same_bytes(trainings):
        return Stacked(StackedTrainer(trainings, interrupt=interrupt, threads=min(threads, len(trainings)), holds=True))
    return InTurn([training.alone(interrupt) for training in trainings])
