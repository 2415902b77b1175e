"""What a proposal does about columns as they are found in the wild: skewed numbers, far-off cells, rare words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from service.data.preprocessing.piecewise import DEFAULT_BINS
from service.data.profiles.column_profiles import ColumnProfiles

#: Numbers lean so far to one side that their logarithm says more (a normal distribution has skew 0, an exponential 2).
SKEWED = 2.0
#: log(1 + x) changes numbers below that hardly.
LARGE = 10.0
CLIP = 0.01
#: A word in fewer rows teaches a network little; in a small table, in less than a fiftieth of them.
RARE_ROWS, RARE_SHARE = 10, 1 / 50
#: So few words are all kept.
FEW_WORDS = 10
#: Of a column of words that come so seldom, too few rows would be left.
LEAST_COVERED = 0.25
#: With more words, a column gets learnt vectors of this length instead of a number for each word.
ONE_HOT, VECTOR = 50, 8
#: Of numbers that some members of an ensemble read piecewise: the bins of all columns together, so that a row stays
#: narrow, and the rows that fill one.
MOST_BINS, LEAST_BINS, ROWS_IN_A_BIN = 96, 2, 15


@dataclass(frozen=True)
class Tidied:
    """An option of a column that was chosen, and why, as a whole sentence."""

    column: str
    option: str
    reason: str


def tidied(column: dict[str, Any], known: ColumnProfiles) -> Iterator[Tidied]:
    """Add options to a column that leaves them open."""
    if column["name"] not in known or known.type_of(column["name"]) != column["type"]:
        return
    if column["type"] == "number":
        yield from _number(column, known)
    elif column["type"] == "category":
        yield from _category(column, known)


def tidied_target(target: dict[str, Any]) -> Iterator[Tidied]:
    if target.get("type") == "number" and "bounded" not in target:
        target["bounded"] = True
        yield Tidied(
            target["name"],
            "bounded",
            "Predictions are held to the range of the training rows, so that no unusual row gets an absurd number; an "
            'answer says where that happened. "bounded": false lets them go beyond.',
        )


def words_too_rare(name: str, known: ColumnProfiles) -> str | None:
    """Why a column of words is left out: the end of a sentence; None if it is of use."""
    counts = known.word_counts(name) if known.type_of(name) == "category" else None
    if counts is None or known.distinct(name) <= FEW_WORDS:
        return None
    least, present = _least_rows(known), known.rows - known.missing(name)
    covered = sum(count for count in counts.values() if count >= least)
    if covered >= LEAST_COVERED * present:
        return None
    found = f"has {known.distinct(name):,} different words, and only {covered:,} of {present:,} rows have one that"
    return f"{found} comes in at least {least} rows"


def _number(column: dict[str, Any], known: ColumnProfiles) -> Iterator[Tidied]:
    name = column["name"]
    skew, least, most = known.skew(name), known.minimum(name), known.maximum(name)
    is_skewed = skew is not None and skew > SKEWED and least is not None and least >= 0 and known.distinct(name) > 2
    if is_skewed and "log" not in column and most is not None and most > LARGE:
        column["log"] = True
        yield Tidied(
            name,
            "log",
            f"Its logarithm is taken: most numbers are small, and few as large as {most:g} (skew {skew:.1f}).",
        )
    if "clip" not in column and known.distinct(name) > 2:
        column["clip"] = {"quantile": CLIP}
        yield Tidied(
            name,
            "clip",
            "Numbers far outside those of the training rows are clipped, so that a single wrong cell spoils neither "
            "training nor prediction.",
        )


def _category(column: dict[str, Any], known: ColumnProfiles) -> Iterator[Tidied]:
    name, counts, least = column["name"], known.word_counts(column["name"]), _least_rows(known)
    if "categories" not in column and counts is not None and known.distinct(name) > FEW_WORDS:
        kept = sorted(word for word, count in counts.items() if count >= least)
        if kept and len(kept) < known.distinct(name):
            column["categories"] = kept
            dropped = known.distinct(name) - len(kept)
            are = f"{dropped:,} words come" if dropped > 1 else "1 word comes"
            yield Tidied(name, "categories", f"{are} in fewer than {least} rows: too few to learn from, so unknown.")
    if "encode" in column or "size" in column:
        return
    words = len(column.get("categories") or known.words(name))
    if words > ONE_HOT:
        column |= {"encode": "embedding", "size": VECTOR}
        yield Tidied(
            name, "encode", f"{words:,} words get learnt vectors of {VECTOR} numbers instead of a number each."
        )
    else:
        column["encode"] = "one_hot"


def few_bins(columns: Sequence[dict[str, Any]], rows: int) -> None:
    """Give columns that are encoded piecewise no more bins than are worth their time."""
    most = max(min(MOST_BINS // max(1, len(columns)), rows // ROWS_IN_A_BIN), LEAST_BINS)
    for column in columns:
        if most < column.get("bins", DEFAULT_BINS):
            column["bins"] = most


def _least_rows(known: ColumnProfiles) -> int:
    return min(RARE_ROWS, max(2, int(RARE_SHARE * known.rows)))


def reasons_json(found: Iterable[Tidied]) -> list[dict[str, Any]]:
    """By option and reason, with the columns that have it."""
    grouped: dict[tuple[str, str], list[str]] = {}
    for one in found:
        grouped.setdefault((one.option, one.reason), []).append(one.column)
    return [{"option": option, "columns": columns, "reason": reason} for (option, reason), columns in grouped.items()]
