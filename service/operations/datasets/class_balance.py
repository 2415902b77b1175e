"""How many rows each class has, and what follows where some have few."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from service.data.preprocessing.table import TableSpec
from service.data.profiles.column_profiles import ColumnProfiles
from service.domain.types import Json
from service.jobs.findings.data_rules import FEW_ROWS
from service.schema.rules import shown

#: A class with a smaller share of the rows is rare: a network may never predict it and still seem good.
RARE = 0.1
SHOWN_CLASSES = 5


@dataclass(frozen=True)
class Balance:
    is_uneven: bool = False
    warnings: Sequence[str] = ()
    metrics: Sequence[str] = ()  #: that show what accuracy hides
    rarest: int = 0  #: rows of the rarest class; 0 if not known
    offers: Sequence[Json] = ()  #: options of a training for the rare class, and what each costs

    def offers_beside(self, train: Json) -> list[Json]:
        """Those that go with the rest of a training: a threshold needs validation rows."""
        return [offer for offer in self.offers if "validation" in train or "threshold" not in offer["train"]]


def balance_of(table: TableSpec, known: ColumnProfiles) -> Balance:
    """Of a target of classes; nothing is noticed where not all of them are on record."""
    if table.is_regression or table.is_multilabel:
        return Balance()
    name = table.target_names[0]
    counts = known.counts(name) if known.type_of(name) != "boolean" or table.labels else None
    if not counts or len(counts) < 2:
        return Balance()
    rows = sum(counts.values())
    few = {word: count for word, count in counts.items() if count < FEW_ROWS}
    rare, least = min(counts.items(), key=lambda item: item[1])
    warnings = [_few_words(name, few)] if few else []
    is_uneven = least < RARE * rows and least * len(counts) < rows / 2
    if is_uneven:
        share = f"{least:,} of {rows:,} rows ({least / rows:.2g})".replace("(0.", "(.")
        warnings.append(_rare_words(name, rare, share))
    if not is_uneven:
        return Balance(warnings=warnings, rarest=least)
    metrics = ("precision", "recall", "f1") if len(counts) == 2 else ("f1",)
    return Balance(True, warnings, (*metrics, "roc_auc", "average_precision"), least, _offers(rare))


def _few_words(name: str, few: dict[str, int]) -> str:
    shown_classes = ", ".join(f"{shown(word)} ({count})" for word, count in list(few.items())[:SHOWN_CLASSES])
    more = f" and {len(few) - SHOWN_CLASSES} more" if len(few) > SHOWN_CLASSES else ""
    return f'"{name}" has classes of fewer than {FEW_ROWS} rows, too few to learn or to validate: {shown_classes}{more}'


def _rare_words(name: str, rare: str, share: str) -> str:
    return (
        f'"{name}" is unbalanced: {shown(rare)} is rare, {share}, so a high accuracy means little; use f1, recall, '
        'roc_auc or average_precision, and train with a "threshold" or "class_weights": "balanced" if the rare class '
        "matters"
    )


def _offers(rare: str) -> list[Json]:
    """The first is the better one where probabilities matter, too."""
    return [
        {
            "train": {"threshold": {"metric": "f1", "positive": rare}},
            "effect": f"answers {shown(rare)} from a lower probability on, chosen on the validation rows so that its "
            "f1 is highest; with metric recall and min_precision, or precision and min_recall, for another balance",
            "cost": f"more rows are taken for {shown(rare)} that are not: its recall rises, its precision and the "
            "accuracy may fall, by what GET …/calibration shows after the training; probabilities and loss stay",
        },
        {
            "train": {"class_weights": "balanced"},
            "effect": f"trains as if all classes had equally many rows, so that {shown(rare)} is learnt and answered "
            "more often; needs no validation rows",
            "cost": f"probabilities of {shown(rare)} are too high for the rows as they come, its precision and the "
            "accuracy fall, and nothing is chosen for a metric",
        },
    ]
