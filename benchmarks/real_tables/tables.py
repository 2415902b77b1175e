"""The tables: those that come with scikit-learn and with the demo, and the CSV files of a folder."""

from __future__ import annotations

import csv
import gzip
import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from sklearn import datasets
from sklearn.model_selection import train_test_split

from tests.acceptance.running import ROOT

MISSING = ("", "NA")
#: Of a file without a word about it: more different numbers than this to predict are no classes.
MOST_CLASSES = 20
HELD_OUT = 0.25


@dataclass(frozen=True)
class Real:
    name: str
    names: Sequence[str]
    rows: Sequence[Sequence[str]]  #: cells as text, as a CSV file has them
    answers: Sequence[str]
    is_numeric: bool  #: whether the answer is a number

    @cached_property
    def words(self) -> Sequence[int]:
        """The columns of words."""
        return [at for at in range(len(self.names)) if not all(is_number(row[at]) for row in self.rows)]

    def split(self, seed: int) -> Split:
        stratify = None if self.is_numeric else self.answers
        parts = train_test_split(self.rows, self.answers, test_size=HELD_OUT, random_state=seed, stratify=stratify)
        rows, held_out, answers, wanted = parts
        return Split(self, seed, rows, answers, held_out, wanted)


@dataclass(frozen=True)
class Split:
    table: Real
    seed: int
    rows: Sequence[Sequence[str]]
    answers: Sequence[str]
    held_out: Sequence[Sequence[str]]
    wanted: Sequence[str]

    @property
    def classes(self) -> list[str]:
        return sorted(set(self.answers))


def tables(folder: Path | None, names: Sequence[str]) -> Iterator[Real]:
    """Those with these names, or all; the smallest first."""
    found = [*shipped(), *(of_folder(folder) if folder else ())]
    wanted = [table for table in found if not names or table.name in names]
    yield from sorted(wanted, key=lambda table: len(table.rows))


def shipped() -> Iterator[Real]:
    with (ROOT / "service" / "demo" / "penguins.csv").open(encoding="utf-8", newline="") as file:
        names, *rows = csv.reader(file)
    yield Real("penguins", names[1:], [row[1:] for row in rows], [row[0] for row in rows], False)
    for name, load in (
        ("wine", datasets.load_wine),
        ("breast-cancer", datasets.load_breast_cancer),
        ("digits", datasets.load_digits),
        ("diabetes", datasets.load_diabetes),
    ):
        bunch = load()
        is_numeric = name == "diabetes"
        answers = bunch.target if is_numeric else [f"class {index}" for index in bunch.target]
        cells = [[repr(float(cell)) for cell in row] for row in bunch.data]
        yield Real(name, list(bunch.feature_names), cells, [str(answer) for answer in answers], is_numeric)


def of_folder(folder: Path) -> Iterator[Real]:
    """Each CSV file, gzipped or not, with its last column to predict, unless `manifest.json` names the `target` and
    says by `task` whether it is a `regression`: a list of objects with the file's `name`."""
    manifest = folder / "manifest.json"
    known = {one["name"]: one for one in json.loads(manifest.read_text())} if manifest.exists() else {}
    for path in sorted([*folder.glob("*.csv"), *folder.glob("*.csv.gz")]):
        name = path.name.split(".")[0]
        data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        yield _read(name, data.decode("utf-8-sig"), known.get(name, {}))


def _read(name: str, text: str, about: dict[str, Any]) -> Real:
    names, *rows = csv.reader(io.StringIO(text, newline=""))
    target = names.index(about.get("target", names[-1]))
    rows = [row for row in rows if row[target] not in MISSING]
    answers = [row.pop(target) for row in rows]
    is_numeric = all(map(is_number, answers)) and len(set(answers)) > MOST_CLASSES
    if "task" in about:
        is_numeric = about["task"] == "regression"
    return Real(name, [*names[:target], *names[target + 1 :]], rows, answers, is_numeric)


def is_number(cell: str) -> bool:
    try:
        return cell in MISSING or float(cell) is not None
    except ValueError:
        return False
