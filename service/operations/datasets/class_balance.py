"""How many rows each class has, and what follows where some have few."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from service.data.preprocessing.table import TableSpec
from service.data.profiles.column_profiles import ColumnProfiles
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
    metrics = ("precision", "recall", "f1", "roc_auc") if len(counts) == 2 else ("f1",)
    return Balance(is_uneven, warnings, metrics if is_uneven else (), least)


def _few_words(name: str, few: dict[str, int]) -> str:
    shown_classes = ", ".join(f"{shown(word)} ({count})" for word, count in list(few.items())[:SHOWN_CLASSES])
    more = f" and {len(few) - SHOWN_CLASSES} more" if len(few) > SHOWN_CLASSES else ""
    return f'"{name}" has classes of fewer than {FEW_ROWS} rows, too few to learn or to validate: {shown_classes}{more}'


def _rare_words(name: str, rare: str, share: str) -> str:
    return (
        f'"{name}" is unbalanced: {shown(rare)} is rare, {share}, so a high accuracy means little; use f1, recall '
        'or roc_auc, and train with "class_weights": "balanced" if the rare class matters'
    )
