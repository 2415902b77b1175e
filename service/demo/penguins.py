"""Palmer penguins: the 342 birds that were measured, four measurements of each, and which of three species it is."""

from __future__ import annotations

import csv
import random
from dataclasses import dataclass
from pathlib import Path

FILE = Path(__file__).with_name("penguins.csv")
FEATURES = ("bill_length_mm", "bill_depth_mm", "flipper_length_mm", "body_mass_g")
SPECIES = ("Adelie", "Chinstrap", "Gentoo")
MISSING = "NA"


@dataclass(frozen=True)
class Penguin:
    measures: tuple[float, ...]  #: in the order of FEATURES
    species: str


def read_penguins() -> list[Penguin]:
    with FILE.open(newline="", encoding="utf-8") as file:
        measured = [row for row in csv.DictReader(file) if MISSING not in (row[name] for name in FEATURES)]
    return [Penguin(tuple(float(row[name]) for name in FEATURES), row["species"]) for row in measured]


def parted(penguins: list[Penguin], *, held_out: float = 0.25, seed: int = 1) -> tuple[list[Penguin], list[Penguin]]:
    """Shuffle, and split into training rows and held-out rows."""
    shuffled = random.Random(seed).sample(penguins, len(penguins))
    count = round(len(shuffled) * held_out)
    return shuffled[count:], shuffled[:count]


def table(penguins: list[Penguin]) -> dict[str, list[object]]:
    """As the service takes rows: inputs and targets."""
    return {
        "inputs": [list(penguin.measures) for penguin in penguins],
        "targets": [penguin.species for penguin in penguins],
    }
